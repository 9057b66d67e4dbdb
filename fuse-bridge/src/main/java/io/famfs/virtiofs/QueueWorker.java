package io.famfs.virtiofs;

import io.famfs.core.Errno;
import io.famfs.fuse.server.RequestHandler;
import io.famfs.os.ErrnoException;
import io.famfs.os.EventFd;
import io.famfs.os.Poller;
import io.famfs.vhostuser.Notifier;
import io.famfs.vhostuser.RingWorker;
import io.famfs.vhostuser.Vring;
import io.famfs.virtio.ChainResult;
import io.famfs.virtio.DescriptorChain;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.GuestMemorySlot;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The thread of one started ring: takes requests, has them handled, gives them back.
///
/// It holds the memory table while it works and lets go of it before it sleeps, so that a table
/// that was replaced is not kept by an idle queue. A platform thread, because it blocks in
/// `poll(2)`.
final class QueueWorker implements RingWorker, Runnable {
  private static final System.Logger LOG = System.getLogger(QueueWorker.class.getName());

  /// How often a polled ring is looked at between two readings of the clock.
  private static final int LOOKS_PER_READING = 16;

  /// How often a ring is looked at whose front-end gave no kick descriptor.
  private static final int POLLED_RING_MILLIS = 1;

  /// How long stopping waits for the request at hand.
  private static final long END_LIMIT_MILLIS = 10_000;

  /// How long a driver may take to notice that its queue is retired. A guest is interrupted within
  /// microseconds, an emulated one on a busy host within milliseconds.
  private static final long RETIRE_LOOK_NANOS = 200_000_000;

  private static final long RETIRE_SPIN_NANOS = 5_000_000;

  /// A queue is retired when no request has come for this long: its users have had their errors,
  /// and a request is unlikely to slip in while the driver is about to notice.
  private static final int QUIET_MILLIS = 30;

  /// How long a queue that never becomes quiet is served with errors before it is retired.
  private static final long REFUSE_LIMIT_NANOS = 2_000_000_000;

  private final String name;
  private final Vring vring;
  private final Virtqueue queue;
  private final GuestMemorySlot slot;
  private final RequestHandler handler;
  private final RingState state;
  private final QueueCounters counters;
  private final KeptChains kept;
  private final @Nullable NotificationQueue notices;
  private final DescriptorChain chain;
  private final VirtioExchange exchange;
  private final EventFd wake;
  private final Poller poller = new Poller(2);
  private final Thread thread;
  private final WorkerGate gate;
  private final QueueService service;
  private final AdaptivePoll poll;

  private @Nullable GuestMemory memory;
  private long emptySinceNs;
  private boolean polledRing;
  private boolean retired;
  private long refusedSinceNs;
  private long lastRequestNs;
  private volatile boolean stopping;
  private volatile boolean retiring;

  /// How a worker goes about it.
  ///
  /// @param service polling and processors
  /// @param gate passed by whoever serves a queue
  record Manner(QueueService service, WorkerGate gate) {}

  QueueWorker(
      String name,
      Vring vring,
      long features,
      GuestMemorySlot slot,
      RequestHandler handler,
      RingState state,
      Manner manner) {
    this.name = name;
    gate = manner.gate;
    service = manner.service;
    poll = new AdaptivePoll(service.poll().toNanos());
    this.vring = vring;
    this.slot = slot;
    this.handler = handler;
    this.state = state;
    counters = state.counters();
    kept = state.kept();
    notices = state.notices();
    VirtqueuePlace place = Objects.requireNonNull(vring.place());
    queue = state.queue(place, features, vring.base());
    chain = new DescriptorChain(place.num());
    exchange = new VirtioExchange(queue, chain, kept, counters);
    try {
      wake = EventFd.create();
    } catch (ErrnoException e) {
      throw new java.io.UncheckedIOException(e);
    }
    thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this);
  }

  void start() {
    kept.attach(wake);
    if (notices != null) {
      notices.attach(wake);
    }
    thread.start();
  }

  @Override
  public void wake() {
    wake.signal();
  }

  @Override
  public void requestStop() {
    stopping = true;
    wake.signal();
  }

  /// Makes the worker answer everything with an error from now on, and, as soon as the queue is
  /// quiet, leave the driver a queue that fails at once, see [Virtqueue#retire()].
  void retire() {
    if (notices != null) {
      // Nobody in the guest waits for a message.
      requestStop();
      return;
    }
    retiring = true;
    wake.signal();
  }

  /// Waits for the end of a worker that was asked to retire or stop, within a limit.
  void awaitRetired(long limitNs) {
    try {
      thread.join(Duration.ofNanos(Math.max(1, limitNs)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether the thread has run and ended.
  boolean ended() {
    return thread.getState() == Thread.State.TERMINATED;
  }

  @Override
  public boolean awaitEnd() {
    try {
      thread.join(END_LIMIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      return false;
    }
    kept.attach(null);
    state.goOnWith(queue.leftOver());
    if (notices != null) {
      notices.attach(null);
    }
    wake.close();
    return true;
  }

  @Override
  public int base() {
    return queue.base();
  }

  @Override
  public void run() {
    ChainResult result = ChainResult.OK;
    service.bindThisThread();
    try {
      while (!stopping && !result.breaksRing()) {
        adoptDescriptors();
        if (vring.enabled()) {
          result = drainInTurn();
        }
        letGo();
        if (!stopping && !result.breaksRing()) {
          if (retired || (retiring && !vring.enabled())) {
            break;
          }
          sleep();
        }
      }
    } catch (InternalError e) {
      // The access that failed was to the ring: requests catch their own.
      result = ChainResult.RING_MEMORY_FAULT;
      counters.memoryFault();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, name + ": worker failed", e);
    } finally {
      letGo();
      handler.release(exchange);
    }
    if (result.breaksRing()) {
      broken(result);
    }
  }

  private void broken(ChainResult result) {
    counters.brokenRing();
    LOG.log(System.Logger.Level.WARNING, "{0}: ring stopped: {1}", name, result.reason());
    vring.err().adopt();
    Notifier err = vring.err().current();
    if (err != null) {
      err.signal();
    }
  }

  /// Takes over descriptors that the control thread has handed in. A new call descriptor is
  /// signalled once: what we signalled on the old one may not have been seen.
  private void adoptDescriptors() {
    if (vring.kick().adopt() || poller.count() == 0) {
      poller.clear();
      poller.add(wake.fd(), Poller.POLLIN);
      Notifier kick = vring.kick().current();
      polledRing = kick == null;
      if (kick != null) {
        poller.add(kick.fd(), Poller.POLLIN);
      }
    }
    if (vring.call().adopt()) {
      signalCall();
    }
  }

  private void signalCall() {
    Notifier call = vring.call().current();
    if (call != null) {
      call.signal();
    }
  }

  private ChainResult drainInTurn() {
    gate.enter();
    try {
      return drain();
    } finally {
      gate.leave();
    }
  }

  /// Processes requests until there are none.
  private ChainResult drain() {
    do {
      ChainResult bound = hold();
      if (bound.breaksRing()) {
        return bound;
      }
      if (queue.gaveBack()) {
        signalCall();
      }
      sendKept();
      queue.disarmNotification();
      while (!stopping && vring.enabled() && hasWork()) {
        ChainResult result = one();
        if (result.breaksRing()) {
          return result;
        }
        gate.letOthersPass();
      }
    } while (!stopping
        && vring.enabled()
        && (comesSoon() || (queue.armNotification() && hasWork())));
    return retiring && !stopping && memory != null && quiet() ? retireQueue() : ChainResult.OK;
  }

  /// Looks for the next request without sleeping and without a notification, as long as that pays
  /// and nobody waits for the place.
  private boolean comesSoon() {
    if (!poll.enabled() || retiring || notices != null) {
      return false;
    }
    long start = System.nanoTime();
    emptySinceNs = start;
    long limit = poll.timeNs();
    if (limit == 0) {
      return false;
    }
    long waited = 0;
    boolean come = false;
    while (!come && waited < limit && !isDisturbed()) {
      for (int i = 0; i < LOOKS_PER_READING && !come; i++) {
        Thread.onSpinWait();
        come = queue.hasNext();
      }
      waited = System.nanoTime() - start;
    }
    if (come) {
      emptySinceNs = 0;
      poll.waited(waited);
    }
    return come;
  }

  /// Whether there is something else to do than to look for requests.
  private boolean isDisturbed() {
    return stopping || retiring || !vring.enabled() || kept.hasReplies() || gate.contended();
  }

  /// Whether there is a request, or a message and a buffer for it.
  private boolean hasWork() {
    return (notices == null || !notices.isEmpty()) && queue.hasNext();
  }

  /// Gives back the requests whose reply has come since they were taken. A reply buffer that is no
  /// guest memory any more is given back as it is.
  private void sendKept() {
    GuestMemory table = memory;
    if (retiring) {
      kept.answerAll();
    }
    KeptChain request = table == null ? null : kept.poll();
    boolean any = request != null;
    while (table != null && request != null) {
      queue.complete(request.ticket, exchange.send(table, request));
      request = kept.poll();
    }
    if (any && queue.shouldSignal()) {
      signalCall();
    }
  }

  /// Whether the queue may be retired now. Called again after every request and every
  /// [#QUIET_MILLIS].
  private boolean quiet() {
    long now = System.nanoTime();
    if (refusedSinceNs == 0) {
      refusedSinceNs = now;
      lastRequestNs = now;
    }
    return now - lastRequestNs >= QUIET_MILLIS * 1_000_000L
        || now - refusedSinceNs >= REFUSE_LIMIT_NANOS;
  }

  /// Breaks the driver's queue, and looks for a while after requests that the driver has added
  /// before it noticed: those would wait for ever.
  private ChainResult retireQueue() {
    retired = true;
    long start = System.nanoTime();
    ChainResult result;
    do {
      queue.retire();
      signalCall();
      boolean late = awaitLateRequest(start);
      if (!late) {
        return ChainResult.OK;
      }
      result = one();
    } while (!result.breaksRing());
    return result;
  }

  /// Whether there is a request. At first it is looked for without sleeping, for the time until a
  /// guest is interrupted is about that of a wake-up.
  private boolean awaitLateRequest(long start) {
    long waited = 0;
    while (!stopping && !queue.hasNext() && waited < RETIRE_LOOK_NANOS) {
      if (waited < RETIRE_SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        int _ = poller.await((int) ((RETIRE_LOOK_NANOS - waited) / 1_000_000) + 1);
        clearSignals();
      }
      waited = System.nanoTime() - start;
    }
    return !stopping && memory != null && queue.hasNext();
  }

  private ChainResult one() {
    ChainResult bound = hold();
    GuestMemory table = memory;
    if (bound.breaksRing() || table == null) {
      return bound;
    }
    ChainResult result = queue.next(table, chain);
    if (result.breaksRing()) {
      return result;
    }
    if (notices != null) {
      return deliver(notices, table, result);
    }
    counters.request();
    if (retiring) {
      lastRequestNs = System.nanoTime();
    }
    int written =
        retiring
            ? exchange.refuse(table, Errno.ENOTCONN, handler)
            : exchange.serve(table, result, handler);
    if (!exchange.isDeferred()) {
      queue.complete(written);
    }
    if (vring.call().adopt() || queue.shouldSignal()) {
      signalCall();
    }
    return ChainResult.OK;
  }

  /// Gives the buffer taken last back with a message, or as it is when it cannot hold one.
  private ChainResult deliver(NotificationQueue from, GuestMemory table, ChainResult fault) {
    MemorySegment message = from.first();
    int written = message == null ? 0 : exchange.put(table, fault, message);
    queue.complete(written);
    if (message != null && written > 0) {
      from.delivered(message);
    }
    if (queue.shouldSignal()) {
      signalCall();
    }
    return ChainResult.OK;
  }

  /// Holds the table in force and finds the ring in it.
  private ChainResult hold() {
    GuestMemory held = memory;
    if (held != null) {
      if (slot.isCurrent(held)) {
        return ChainResult.OK;
      }
      held.release();
    }
    memory = slot.take();
    return queue.bind(memory, vring.usedLog());
  }

  private void letGo() {
    GuestMemory held = memory;
    if (held != null) {
      memory = null;
      held.release();
    }
  }

  private void sleep() {
    int limitMillis = retiring ? QUIET_MILLIS : -1;
    int _ = poller.await(polledRing && vring.enabled() ? POLLED_RING_MILLIS : limitMillis);
    clearSignals();
    if (emptySinceNs != 0) {
      poll.waited(System.nanoTime() - emptySinceNs);
      emptySinceNs = 0;
    }
  }

  private void clearSignals() {
    if (poller.readable(0)) {
      long _ = wake.drain();
    }
    Notifier kick = vring.kick().current();
    if (kick != null && poller.readable(1)) {
      kick.drain();
    }
  }
}
