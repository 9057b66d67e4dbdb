package io.famfs.e2e.fmap;

import io.famfs.fuse.server.DeviceRegistration;
import io.famfs.fuse.server.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A kernel that knows famfs, in user space: mounts, gets to know devices, opens files, checks
/// their maps as its generation does and reads through them straight from the memory of the
/// devices.
///
/// It shares no code with the server: what it knows of messages and rules is written here.
final class StandInKernel {
  private static final int EINVAL = 22;
  private static final int EIO = 5;
  private static final int EBUSY = 16;
  private static final int ENOTTY = 25;
  private static final int ENODEV = 19;
  private static final int EFBIG = 27;
  private static final int EFAULT = 14;

  private static final int LOOKUP = 1;
  private static final int GETATTR = 3;
  private static final int OPEN = 14;
  private static final int RELEASE = 18;
  private static final int INIT = 26;
  private static final int GET_FMAP = 54;
  private static final int GET_DAXDEV = 55;
  private static final int DAXDEV_BYTES = 280;

  /// As measured.
  private static final int OFFERED = 0x73ff_fffb;

  private static final int OFFERED2 = 0xdff;
  private static final int INIT_EXT = 1 << 30;
  private static final int ATOMIC_O_TRUNC = 1 << 3;
  private static final int WRITEBACK_CACHE = 1 << 16;
  private static final int DAX_FMAP2 = 1 << 11;

  private final Generation generation;
  private final Wire wire;
  private final Map<String, MemorySegment> nodes;
  private final Map<Integer, MemorySegment> devices = new HashMap<>();
  private final Map<Long, KernelMap> inodes = new HashMap<>();

  /// What becomes of answers to GET_FMAP on their way.
  UnaryOperator<byte[]> tamper = UnaryOperator.identity();

  /// What was asked, in order, such as `GET_FMAP 48`.
  final List<String> asked = new ArrayList<>();

  /// @param nodes the memory of the devices of this machine, by path
  StandInKernel(Generation generation, Session session, Map<String, MemorySegment> nodes)
      throws Refused {
    this.generation = generation;
    this.wire = new Wire(session);
    this.nodes = nodes;
    ByteBuffer init = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    init.putInt(7).putInt(45).putInt(131_072).putInt(OFFERED).putInt(OFFERED2);
    ByteBuffer agreed =
        ByteBuffer.wrap(wire.call(INIT, 0, init.array(), 64)).order(ByteOrder.LITTLE_ENDIAN);
    if ((agreed.getInt(12) & INIT_EXT) == 0 || (agreed.getInt(32) & DAX_FMAP2) == 0) {
      throw new Refused(EINVAL, "the server gives no maps");
    }
    if ((agreed.getInt(12) & (ATOMIC_O_TRUNC | WRITEBACK_CACHE)) != 0) {
      throw new AssertionError("maps, and flags that do not go with them");
    }
    DeviceRegistration registration = session.registration();
    if (registration == null) {
      throw new AssertionError("no devices to give away");
    }
    registration.run(this::push);
  }

  /// The ioctl by which a server gives a device to the kernel.
  private int push(String path, int index) {
    if (!generation.pushed) {
      return -ENOTTY;
    }
    MemorySegment memory = nodes.get(path);
    if (memory == null) {
      return -ENODEV;
    }
    if (index >= generation.slots) {
      return -EINVAL;
    }
    MemorySegment present = devices.putIfAbsent(index, memory);
    boolean elsewhere =
        devices.entrySet().stream()
            .anyMatch(e -> e.getKey() != index && e.getValue().equals(memory));
    if (elsewhere) {
      if (present == null) {
        devices.remove(index);
      }
      return -EBUSY;
    }
    return present == null || present.equals(memory) ? 0 : -EBUSY;
  }

  /// An open file.
  final class KernelFile implements AutoCloseable {
    private final long nodeid;
    final KernelMap map;

    KernelFile(long nodeid, KernelMap map) {
      this.nodeid = nodeid;
      this.map = map;
    }

    /// Reads a few bytes that lie together.
    byte[] read(long offset, int length) throws Refused {
      byte[] bytes = new byte[length];
      for (int done = 0; done < length; ) {
        KernelMap.Run run = map.resolve(offset + done);
        MemorySegment memory = devices.get(run.device());
        if (memory == null) {
          throw new Refused(EIO, "device " + run.device() + " is missing");
        }
        int part = (int) Math.min(length - done, run.bytes());
        if (run.offset() < 0 || run.offset() > memory.byteSize() - part) {
          throw new Refused(EFAULT, run + " is not on the device");
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, run.offset(), bytes, done, part);
        done += part;
      }
      return bytes;
    }

    @Override
    public void close() throws Refused {
      release(nodeid);
    }
  }

  /// Looks a path up.
  ///
  /// @return its nodeid
  long lookup(String path) throws Refused {
    long nodeid = 1;
    for (Path name : Path.of(path)) {
      byte[] entry = wire.call(LOOKUP, nodeid, Wire.name(name.toString()), 128);
      nodeid = little(entry).getLong(0);
    }
    return nodeid;
  }

  /// Sends GET_FMAP as no kernel does.
  ///
  /// @param arguments bytes behind the header
  /// @param room for the body of the reply
  byte[] askForMap(long nodeid, byte[] arguments, int room) throws Refused {
    return wire.call(GET_FMAP, nodeid, arguments, room);
  }

  /// Sends GET_DAXDEV for any index.
  byte[] askForDevice(long index) throws Refused {
    return wire.call(GET_DAXDEV, index, new byte[0], DAXDEV_BYTES);
  }

  /// Opens a file for reading, as open(2) does.
  KernelFile open(String path) throws Refused {
    long nodeid = lookup(path);
    byte[] opened = wire.call(OPEN, nodeid, Wire.words(0, 0), 16);
    if (opened.length != 16) {
      throw new AssertionError("a reply to OPEN of " + opened.length + " bytes");
    }
    KernelMap map = inodes.get(nodeid);
    if (map == null) {
      try {
        map = fetch(nodeid);
      } catch (Refused e) {
        release(nodeid);
        throw e;
      }
      inodes.put(nodeid, map);
    }
    byte[] attributes = wire.call(GETATTR, nodeid, new byte[16], 104);
    long size = little(attributes).getLong(16 + 8);
    if (size != map.fileBytes) {
      throw new Refused(EIO, "the file has " + size + " bytes, its map " + map.fileBytes);
    }
    return new KernelFile(nodeid, map);
  }

  private KernelMap fetch(long nodeid) throws Refused {
    KernelMap map = KernelMap.take(generation, generation.pushed ? sized(nodeid) : unsized(nodeid));
    if (!generation.pushed) {
      for (int device : map.devices()) {
        if (!devices.containsKey(device)) {
          fetchDevice(device);
        }
      }
    }
    return map;
  }

  private byte[] unsized(long nodeid) throws Refused {
    asked.add("GET_FMAP 40");
    return tamper.apply(wire.call(GET_FMAP, nodeid, new byte[0], Generation.FIRST_ROOM));
  }

  private byte[] sized(long nodeid) throws Refused {
    byte[] body = sized(nodeid, Generation.FIRST_ROOM);
    long whole = wholeBytes(body);
    if (whole <= Generation.FIRST_ROOM) {
      return body;
    }
    if (whole > Generation.MOST_ROOM) {
      throw new Refused(EFBIG, whole + " bytes");
    }
    byte[] second = sized(nodeid, (int) whole);
    if (wholeBytes(second) > whole) {
      throw new Refused(EINVAL, "it has grown");
    }
    return second;
  }

  private byte[] sized(long nodeid, int room) throws Refused {
    asked.add("GET_FMAP 48 " + room);
    return tamper.apply(wire.call(GET_FMAP, nodeid, Wire.words(room, 0), room));
  }

  private static long wholeBytes(byte[] body) {
    return body.length < 16 ? 0 : Integer.toUnsignedLong(little(body).getInt(12));
  }

  private void fetchDevice(int index) throws Refused {
    asked.add("GET_DAXDEV " + index);
    byte[] body = wire.call(GET_DAXDEV, index, new byte[0], DAXDEV_BYTES);
    if (body.length != DAXDEV_BYTES) {
      throw new AssertionError("a device of " + body.length + " bytes");
    }
    int end = 24;
    while (body[end] != 0) {
      end++;
    }
    MemorySegment memory = nodes.get(new String(body, 24, end - 24, StandardCharsets.UTF_8));
    if (memory != null) {
      devices.put(index, memory);
    }
  }

  private void release(long nodeid) throws Refused {
    ByteBuffer arguments = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    wire.call(RELEASE, nodeid, arguments.putLong(nodeid).array(), 0);
  }

  /// Forgets an inode, as under memory pressure: its next open asks again.
  void evict() {
    inodes.clear();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
