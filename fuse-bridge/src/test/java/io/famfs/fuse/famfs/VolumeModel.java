package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.CopyFileRangeIn;
import io.famfs.fuse.protocol.FallocateIn;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.WriteIn;
import io.famfs.store.CheckReport;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.VolumeCheck;
import io.famfs.store.VolumeUsage;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What the files of a [TestVolume] have to hold after requests: their bytes by a model that knows
/// the requests which change some, their attributes and the map of space as they were.
final class VolumeModel {
  private static final List<String> FILES = List.of("hello", "dir/nested", "simple", "striped");

  /// What a file was when the volume was made.
  private record Attributes(long nodeid, long sizeBytes, int mode, int uid, int gid) {
    static Attributes of(Inode inode) {
      long size = inode instanceof FileInode file ? file.sizeBytes() : 0;
      return new Attributes(inode.nodeid(), size, inode.mode(), inode.uid(), inode.gid());
    }
  }

  private final TestVolume test;
  private final UUID owner;
  private final Map<Long, byte[]> contents = new LinkedHashMap<>();
  private final Map<String, Attributes> attributes = new LinkedHashMap<>();
  private final VolumeUsage usage;
  private boolean changed;

  VolumeModel(TestVolume test) {
    this.test = test;
    owner = test.volume().superblock().systemUuid();
    for (String path : FILES) {
      contents.put(test.nodeid(path), test.contents(path));
      attributes.put(path, Attributes.of(test.inode(path)));
    }
    attributes.put("dir", Attributes.of(test.inode("dir")));
    usage = test.volume().usage();
  }

  /// The nodeids of the volume, one of a directory that has no name, and two of nothing.
  long[] nodeids() {
    long last = 0;
    long[] all = new long[attributes.size() + 4];
    int count = 0;
    for (Attributes a : attributes.values()) {
      last = Math.max(last, a.nodeid());
      all[count++] = a.nodeid();
    }
    all[count++] = 1;
    all[count++] = last + 1;
    all[count++] = last + 2;
    all[count] = -1;
    return all;
  }

  /// Does what a request has done that succeeded.
  ///
  /// @param request little-endian
  /// @param reply the body of its reply, little-endian
  void succeeded(byte[] request, MemorySegment reply) {
    MemorySegment in = MemorySegment.ofArray(request);
    switch (InHeader.opcode(in, 0)) {
      case Opcode.WRITE -> {
        int length = reply.get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0);
        long offset = WriteIn.offset(in, InHeader.BYTES);
        int from = InHeader.BYTES + WriteIn.BYTES;
        put(InHeader.nodeid(in, 0), offset, Arrays.copyOfRange(request, from, from + length));
      }
      case Opcode.FALLOCATE -> zero(in);
      case Opcode.COPY_FILE_RANGE, Opcode.COPY_FILE_RANGE_64 ->
          copy(in, reply.get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0));
      default -> {
        // Changes no byte of these files.
      }
    }
  }

  /// Compares where the bytes are, since this happens for every input of a fuzzer.
  private boolean holds(String path) {
    MemorySegment model = MemorySegment.ofArray(contents.get(test.nodeid(path)));
    MemorySegment memory = test.device().memory();
    for (long at = 0; at < model.byteSize(); at += TestVolume.BLOCK_BYTES) {
      long length = Math.min(TestVolume.BLOCK_BYTES, model.byteSize() - at);
      long device = test.deviceOffset(path, at);
      if (MemorySegment.mismatch(memory, device, device + length, model, at, at + length) >= 0) {
        return false;
      }
    }
    return true;
  }

  private void put(long nodeid, long offset, byte[] data) {
    byte @Nullable [] model = contents.get(nodeid);
    if (model != null && data.length > 0) {
      System.arraycopy(data, 0, model, Math.toIntExact(offset), data.length);
      changed = true;
    }
  }

  private void zero(MemorySegment in) {
    int mode = FallocateIn.mode(in, InHeader.BYTES);
    byte @Nullable [] model = contents.get(InHeader.nodeid(in, 0));
    if (model == null || (mode & (FallocateIn.PUNCH_HOLE | FallocateIn.ZERO_RANGE)) == 0) {
      return;
    }
    long from = FallocateIn.offset(in, InHeader.BYTES);
    long end = Math.min(model.length, from + FallocateIn.length(in, InHeader.BYTES));
    if (from < end) {
      Arrays.fill(model, (int) from, (int) end, (byte) 0);
      changed = true;
    }
  }

  private void copy(MemorySegment in, int length) {
    byte @Nullable [] source = contents.get(InHeader.nodeid(in, 0));
    long target = CopyFileRangeIn.nodeidOut(in, InHeader.BYTES);
    long from = CopyFileRangeIn.offIn(in, InHeader.BYTES);
    if (contents.containsKey(target) && length > 0) {
      byte[] data =
          source == null
              ? new byte[length]
              : Arrays.copyOfRange(source, (int) from, (int) from + length);
      put(target, CopyFileRangeIn.offOut(in, InHeader.BYTES), data);
    }
  }

  /// Requires that the volume is what the model says, when no client has a session any more.
  ///
  /// @return whether it is as it was made
  boolean require() throws Exception {
    for (Map.Entry<String, Attributes> entry : attributes.entrySet()) {
      assertEquals(entry.getValue(), Attributes.of(test.inode(entry.getKey())), entry.getKey());
    }
    for (String path : FILES) {
      assertTrue(holds(path), path);
    }
    VolumeUsage now = test.volume().usage();
    CheckReport report = VolumeCheck.check(List.of(test.device()));
    assertTrue(report.clean(), () -> report.findings().toString());
    try (Volume again = Volume.open(List.of(test.device()), new OpenOptions(owner, true))) {
      assertEquals(again.usage(), now, "map of space");
      assertEquals(0, again.report().faultCount());
    }
    assertTrue(now.files() >= usage.files() && now.directories() >= usage.directories());
    return !changed && now.equals(usage);
  }
}
