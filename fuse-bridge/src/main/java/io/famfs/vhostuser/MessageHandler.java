package io.famfs.vhostuser;

import io.famfs.os.ErrnoException;
import io.famfs.os.Fd;
import io.famfs.os.UnixSocket;
import io.famfs.virtio.GuestMemory;
import io.famfs.virtio.GuestMemorySlot;
import io.famfs.virtio.VirtioFeature;
import io.famfs.virtio.Virtqueue;
import io.famfs.virtio.VirtqueuePlace;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each front-end message means: the state of a connection. Belongs to the control thread.
final class MessageHandler implements AutoCloseable {
  private final MessageSocket socket;
  private final VhostUserDevice device;
  private final GuestMemorySlot memory;
  private final @Nullable ConnectionKeeper keeper;
  private final KeptDescriptors kept;
  private final MemoryTables tables;
  private final MigrationMessages migration;
  private final Vring[] rings;
  private long features;
  private long protocolFeatures;
  private @Nullable BackEndChannel channel;

  /// Whether a ring has been both started and enabled since all were stopped.
  private boolean running;

  /// Whether no message was handled since another process was taken over from, which may have
  /// handled the first one already.
  private boolean resumed;

  /// Where each ring stopped; -1 when it never ran.
  private final int[] stoppedAt;

  /// @param keeper where the connection is left for another process, or null
  MessageHandler(
      MessageSocket socket,
      VhostUserDevice device,
      GuestMemorySlot memory,
      @Nullable ConnectionKeeper keeper) {
    this.socket = socket;
    this.device = device;
    this.memory = memory;
    this.keeper = keeper;
    kept = new KeptDescriptors(keeper);
    tables = new MemoryTables(memory, device, kept);
    rings = new Vring[device.queueCount()];
    stoppedAt = new int[rings.length];
    for (int i = 0; i < rings.length; i++) {
      rings[i] = new Vring(i);
      stoppedAt[i] = -1;
    }
    migration = new MigrationMessages(socket, device, tables, kept, rings);
  }

  long protocolFeatures() {
    return protocolFeatures;
  }

  /// Leaves what was told so far to another process.
  void save(int lastRequest) {
    ConnectionKeeper to = keeper;
    if (to == null) {
      return;
    }
    List<ConnectionImage.Ring> images = new ArrayList<>(rings.length);
    for (Vring ring : rings) {
      int i = ring.index();
      images.add(
          ring.image(
              stoppedAt[i],
              kept.number("kick" + i),
              kept.number("call" + i),
              kept.number("err" + i)));
    }
    to.save(
        new ConnectionImage(
                lastRequest,
                features,
                protocolFeatures,
                running,
                kept.number("channel"),
                migration.image(),
                images,
                kept.regions(memory.current().regions()))
            .encode());
    kept.tidy();
  }

  /// Goes on with what another process has left; its rings run when this returns.
  void resume(ConnectionImage image, Map<String, Fd> left)
      throws ProtocolViolation, ErrnoException {
    KeptDescriptors.Heritage heritage = new KeptDescriptors.Heritage(left, kept);
    features = image.features();
    protocolFeatures = image.protocolFeatures();
    if (((features & ~offeredFeatures()) | (protocolFeatures & ~device.protocolFeatures())) != 0) {
      throw new ProtocolViolation("the front-end uses features that this program does not have");
    }
    tables.restore(image.regions(), heritage);
    if (image.channel() != 0) {
      channel = new BackEndChannel(heritage.socket("channel", image.channel()), notes());
    }
    device.channel(channel, protocolFeatures);
    migration.resume(image.log(), heritage, features);
    running = image.running();
    if (running && channel != null) {
      channel.open();
    }
    for (Vring ring : rings) {
      ConnectionImage.Ring state = image.rings().get(ring.index());
      ring.restore(state);
      stoppedAt[ring.index()] = state.stoppedAt();
      ring.kick().offer(heritage.notifier("kick" + ring.index(), state.kick()));
      ring.call().offer(heritage.notifier("call" + ring.index(), state.call()));
      ring.err().offer(heritage.notifier("err" + ring.index(), state.err()));
      if (state.started() && ring.place() != null) {
        ring.started(device.start(ring, features));
      }
    }
    resumed = true;
    heritage.close();
  }

  private @Nullable MemorySegment notes() {
    return keeper == null ? null : keeper.channelNotes();
  }

  boolean acknowledges() {
    return (protocolFeatures & ProtocolFeature.REPLY_ACK) != 0;
  }

  /// Handles a message whose feature, size and descriptors have been checked.
  ///
  /// @return whether a reply has been sent
  /// @throws ErrnoException when this host could not do it; reported to the front-end
  boolean handle(FrontEndMessage message) throws ProtocolViolation, ErrnoException {
    boolean replied = dispatch(message);
    resumed = false;
    return replied;
  }

  private boolean dispatch(FrontEndMessage message) throws ProtocolViolation, ErrnoException {
    switch (message) {
      case GET_FEATURES -> {
        socket.sendValue(offeredFeatures());
        return true;
      }
      case GET_PROTOCOL_FEATURES -> {
        socket.sendValue(device.protocolFeatures());
        return true;
      }
      case GET_QUEUE_NUM -> {
        socket.sendValue(rings.length);
        return true;
      }
      case GET_CONFIG -> {
        getConfig();
        return true;
      }
      case GET_SHMEM_CONFIG -> {
        getShmemConfig();
        return true;
      }
      case GET_VRING_BASE -> {
        getVringBase();
        return true;
      }
      case SET_LOG_BASE -> {
        migration.setLogBase(features);
        return true;
      }
      case SET_DEVICE_STATE_FD -> {
        migration.setDeviceStateFd();
        return true;
      }
      case CHECK_DEVICE_STATE -> {
        migration.checkDeviceState();
        return true;
      }
      case SET_FEATURES -> setFeatures(socket.u64(0));
      case SET_PROTOCOL_FEATURES -> setProtocolFeatures(socket.u64(0));
      case SET_MEM_TABLE -> setMemTable();
      case SET_VRING_NUM -> setVringNum();
      case SET_VRING_ADDR -> migration.setVringAddr(ringOfState("SET_VRING_ADDR"), features);
      case SET_VRING_BASE ->
          stoppedRing("SET_VRING_BASE").base(socket.u32(MessageLayout.STATE_NUM));
      case SET_VRING_KICK -> setVringKick();
      case SET_VRING_CALL -> setNotifier("SET_VRING_CALL");
      case SET_VRING_ERR -> setNotifier("SET_VRING_ERR");
      case SET_VRING_ENABLE -> setVringEnable();
      case SET_BACKEND_REQ_FD -> setBackEndChannel();
      case RESET_DEVICE -> resetDevice();
      case SET_LOG_FD -> migration.setLogFd();
      case SET_OWNER, RESET_OWNER, SET_CONFIG -> {
        // Owners have no meaning for a socket that is one connection; the configuration space is
        // read-only, and writes to read-only fields are ignored (virtio 1.3, 2.5.2).
      }
    }
    return false;
  }

  private long offeredFeatures() {
    return device.features() | ProtocolFeature.VIRTIO_F_PROTOCOL_FEATURES;
  }

  private void setFeatures(long wanted) throws ProtocolViolation, ErrnoException {
    if ((wanted & ~offeredFeatures()) != 0) {
      throw new ProtocolViolation("SET_FEATURES: not offered: 0x" + Long.toHexString(wanted));
    }
    features = wanted;
    migration.logFeature(wanted);
    if ((wanted & ProtocolFeature.VIRTIO_F_PROTOCOL_FEATURES) == 0) {
      // Such a front-end knows no SET_VRING_ENABLE.
      for (Vring ring : rings) {
        ring.enable(true);
      }
      update();
    }
  }

  private void setProtocolFeatures(long wanted) throws ProtocolViolation {
    if ((wanted & ~device.protocolFeatures()) != 0) {
      throw new ProtocolViolation(
          "SET_PROTOCOL_FEATURES: not offered: 0x" + Long.toHexString(wanted));
    }
    protocolFeatures = wanted;
    device.channel(channel, protocolFeatures);
  }

  private void setMemTable() throws ProtocolViolation, ErrnoException {
    tables.replace(socket.payload(), socket.payloadBytes(), socket.fds());
    for (Vring ring : rings) {
      ring.wake();
    }
  }

  private Vring ring(String message, long index) throws ProtocolViolation {
    if (index < 0 || index >= rings.length) {
      throw new ProtocolViolation(message + ": ring " + index + " of " + rings.length);
    }
    return rings[(int) index];
  }

  private Vring ringOfState(String message) throws ProtocolViolation {
    return ring(message, Integer.toUnsignedLong(socket.u32(MessageLayout.STATE_INDEX)));
  }

  private Vring stoppedRing(String message) throws ProtocolViolation {
    Vring ring = ringOfState(message);
    if (ring.started()) {
      throw new ProtocolViolation(message + ": ring " + ring.index() + " is started");
    }
    return ring;
  }

  private void setVringNum() throws ProtocolViolation {
    Vring ring = stoppedRing("SET_VRING_NUM");
    int num = socket.u32(MessageLayout.STATE_NUM);
    boolean packed = (features & VirtioFeature.RING_PACKED) != 0;
    if (num > device.maxQueueSize() || !VirtqueuePlace.isSize(num, packed)) {
      throw new ProtocolViolation("SET_VRING_NUM: " + Integer.toUnsignedString(num));
    }
    ring.num(num);
  }

  /// The descriptor of SET_VRING_KICK and kin: there is one exactly when the payload says so.
  private @Nullable Notifier notifier(String message, long payload) throws ProtocolViolation {
    boolean none = (payload & MessageLayout.VRING_FD_NONE) != 0;
    if ((payload & ~(MessageLayout.VRING_FD_INDEX_MASK | MessageLayout.VRING_FD_NONE)) != 0
        || none == (socket.fds().count() == 1)) {
      throw new ProtocolViolation(
          message
              + ": 0x"
              + Long.toHexString(payload)
              + " with "
              + socket.fds().count()
              + " descriptors");
    }
    return none ? null : Notifier.of(socket.fds().take(0));
  }

  private void setNotifier(String message) throws ProtocolViolation {
    long payload = socket.u64(0);
    Vring ring = ring(message, payload & MessageLayout.VRING_FD_INDEX_MASK);
    boolean call = message.equals("SET_VRING_CALL");
    Notifier notifier = notifier(message, payload);
    kept.set((call ? "call" : "err") + ring.index(), notifier == null ? null : notifier.fd());
    NotifierSlot slot = call ? ring.call() : ring.err();
    slot.offer(notifier);
    ring.wake();
  }

  private void setVringKick() throws ProtocolViolation {
    long payload = socket.u64(0);
    Vring ring = ring("SET_VRING_KICK", payload & MessageLayout.VRING_FD_INDEX_MASK);
    Notifier notifier = notifier("SET_VRING_KICK", payload);
    if (notifier != null && !notifier.isEventFd()) {
      notifier.close();
      throw new ProtocolViolation("SET_VRING_KICK: not an eventfd");
    }
    kept.set("kick" + ring.index(), notifier == null ? null : notifier.fd());
    ring.kick().offer(notifier);
    if (ring.started()) {
      ring.wake();
      return;
    }
    if (ring.place() == null) {
      throw new ProtocolViolation(
          "SET_VRING_KICK: ring " + ring.index() + " has no size or no addresses");
    }
    if (ring.enabled()) {
      run();
    }
    ring.started(device.start(ring, features));
  }

  private void setVringEnable() throws ProtocolViolation {
    Vring ring = ringOfState("SET_VRING_ENABLE");
    int on = socket.u32(MessageLayout.STATE_NUM);
    if (on != 0 && on != 1) {
      throw new ProtocolViolation("SET_VRING_ENABLE: " + on);
    }
    if (on == 0) {
      bar();
      ring.enable(false);
    } else {
      if (ring.started()) {
        run();
      }
      ring.enable(true);
    }
  }

  private void update() throws ProtocolViolation {
    for (Vring ring : rings) {
      if (ring.started() && ring.enabled()) {
        run();
      }
    }
  }

  /// A ring is about to be both started and enabled.
  private void run() throws ProtocolViolation {
    migration.requireNoTransfer();
    if (!running) {
      running = true;
      device.starting(resumed());
    }
    if (channel != null) {
      channel.open();
    }
  }

  /// A guest that was only paused goes on at the indices where it stopped; after a reset they are
  /// those of a fresh queue.
  private boolean resumed() {
    boolean progressed = false;
    for (Vring ring : rings) {
      if (ring.place() != null) {
        if (ring.base() != stoppedAt[ring.index()]) {
          return false;
        }
        progressed |= ring.base() != Virtqueue.freshBase(features);
      }
    }
    return progressed;
  }

  private void bar() {
    if (channel != null) {
      channel.bar();
    }
  }

  private void getVringBase() throws ProtocolViolation {
    Vring ring = ringOfState("GET_VRING_BASE");
    bar();
    stop(ring);
    MemorySegment reply = socket.reply(MessageLayout.STATE_BYTES);
    reply.set(MessageLayout.U32, MessageLayout.STATE_INDEX, ring.index());
    reply.set(MessageLayout.U32, MessageLayout.STATE_NUM, ring.base());
    socket.sendReply(MessageLayout.STATE_BYTES);
  }

  private void stop(Vring ring) throws ProtocolViolation {
    if (!ring.stop()) {
      throw new ProtocolViolation("ring " + ring.index() + " does not stop");
    }
    stoppedAt[ring.index()] = ring.base();
    kept.set("kick" + ring.index(), null);
    boolean anyStarted = false;
    for (Vring other : rings) {
      anyStarted |= other.started();
    }
    running &= anyStarted;
  }

  private void resetDevice() throws ProtocolViolation, ErrnoException {
    bar();
    for (Vring ring : rings) {
      ring.requestStop();
    }
    for (Vring ring : rings) {
      stop(ring);
      ring.reset();
      stoppedAt[ring.index()] = -1;
    }
    features = 0;
    migration.reset();
    device.reset();
  }

  private void setBackEndChannel() throws ProtocolViolation, ErrnoException {
    if (socket.fds().count() != 1) {
      throw new ProtocolViolation("SET_BACKEND_REQ_FD: no descriptor");
    }
    if (channel != null && !resumed) {
      throw new ProtocolViolation("SET_BACKEND_REQ_FD: there is a channel already");
    }
    if (channel != null) {
      return;
    }
    UnixSocket peer = UnixSocket.adopt(socket.fds().take(0));
    kept.set("channel", peer.fd());
    try {
      channel = new BackEndChannel(peer, notes());
    } catch (ErrnoException e) {
      peer.close();
      throw e;
    }
    if (running) {
      channel.open();
    }
    device.channel(channel, protocolFeatures);
  }

  private void getConfig() throws ProtocolViolation {
    int offset = socket.u32(MessageLayout.CONFIG_OFFSET);
    int size = socket.u32(MessageLayout.CONFIG_SIZE);
    if (size < 0
        || size > MessageLayout.CONFIG_MAX_BYTES
        || socket.payloadBytes() != MessageLayout.CONFIG_DATA + size) {
      throw new ProtocolViolation(
          "GET_CONFIG: " + Integer.toUnsignedString(size) + " bytes of configuration");
    }
    int flags = socket.u32(MessageLayout.CONFIG_FLAGS);
    MemorySegment reply = socket.reply(MessageLayout.CONFIG_DATA + size);
    reply.set(MessageLayout.U32, MessageLayout.CONFIG_OFFSET, offset);
    reply.set(MessageLayout.U32, MessageLayout.CONFIG_SIZE, size);
    reply.set(MessageLayout.U32, MessageLayout.CONFIG_FLAGS, flags);
    if (offset >= 0) {
      device.readConfig(offset, reply, MessageLayout.CONFIG_DATA, size);
    }
    socket.sendReply(MessageLayout.CONFIG_DATA + size);
  }

  private void getShmemConfig() throws ProtocolViolation {
    MemorySegment reply = socket.reply(MessageLayout.SHMEM_CONFIG_BYTES);
    int regions = 0;
    for (int id = 0; id < MessageLayout.SHMEM_MAX_REGIONS; id++) {
      long sizeBytes = device.sharedMemoryBytes(id);
      reply.set(MessageLayout.U64, MessageLayout.SHMEM_CONFIG_SIZES + 8L * id, sizeBytes);
      regions += sizeBytes > 0 ? 1 : 0;
    }
    reply.set(MessageLayout.U32, MessageLayout.SHMEM_CONFIG_COUNT, regions);
    socket.sendReply(MessageLayout.SHMEM_CONFIG_BYTES);
  }

  /// Stops everything and gives back what the front-end has shared.
  @Override
  public void close() {
    bar();
    for (Vring ring : rings) {
      ring.requestStop();
    }
    boolean allEnded = true;
    for (Vring ring : rings) {
      allEnded &= ring.stop();
    }
    migration.close();
    device.channel(null, 0);
    if (!allEnded) {
      // A worker that hangs in the device still uses these; they go when the process does.
      return;
    }
    for (Vring ring : rings) {
      ring.close();
    }
    if (channel != null) {
      channel.close();
    }
    memory.replace(GuestMemory.empty());
  }
}
