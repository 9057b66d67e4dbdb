package io.famfs.virtiofs;

import io.famfs.os.EventFd;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The requests of one ring that are answered later. They belong to the ring and not to the worker
/// that took them: a guest that is paused and goes on still waits for them.
///
/// Any thread gives a reply; only the ring's worker sends it.
final class KeptChains {
  private final Set<KeptChain> waiting = new LinkedHashSet<>();
  private final Queue<KeptChain> ready = new ArrayDeque<>();
  private @Nullable EventFd worker;
  private int descriptors;
  private volatile boolean replies;

  /// Whether a chain of so many descriptors may be kept: others find at least half of the ring.
  synchronized boolean hasRoom(int more, int ringSize) {
    return more <= ringSize / 2 - descriptors;
  }

  synchronized void add(KeptChain chain) {
    waiting.add(chain);
    descriptors += chain.descriptors;
  }

  /// Gives the reply to a request. One that has been dropped meanwhile gets none.
  synchronized void answer(KeptChain chain, MemorySegment reply) {
    if (waiting.remove(chain)) {
      MemorySegment.copy(reply, 0, chain.reply, 0, chain.reply.byteSize());
      ready.add(chain);
      replies = true;
      EventFd wake = worker;
      if (wake != null) {
        wake.signal();
      }
    }
  }

  /// Gives all requests the replies they were kept with.
  synchronized void answerAll() {
    ready.addAll(waiting);
    waiting.clear();
  }

  /// Whether a reply has been given that was not sent yet; costs no lock.
  boolean hasReplies() {
    return replies;
  }

  /// Takes a request that has its reply; null when there is none.
  synchronized @Nullable KeptChain poll() {
    KeptChain chain = ready.poll();
    replies = !ready.isEmpty();
    if (chain != null) {
      descriptors -= chain.descriptors;
    }
    return chain;
  }

  /// The heads of all requests that are not given back, those that came first before the others.
  synchronized List<Integer> heads() {
    return Stream.concat(ready.stream(), waiting.stream())
        .map(chain -> (int) chain.ticket)
        .toList();
  }

  /// The worker of the ring has started, or ended when null.
  synchronized void attach(@Nullable EventFd wake) {
    worker = wake;
  }

  /// Forgets all requests: the guest has reset the device.
  synchronized void drop() {
    waiting.clear();
    ready.clear();
    replies = false;
    descriptors = 0;
  }
}
