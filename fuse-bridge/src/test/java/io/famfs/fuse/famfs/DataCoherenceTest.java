package io.famfs.fuse.famfs;

import static io.famfs.fuse.famfs.RecordingDevice.dropOf;
import static io.famfs.fuse.famfs.RecordingDevice.writeBackOf;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.famfs.dax.DaxDevices;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every request writes back and drops.
class DataCoherenceTest {
  private static final long MIB = 1 << 20;
  private static final long UNIT = 2 * MIB;
  private static final long READ = 2;
  private static final long READ_WRITE = 3;

  private final PageTableWindow window = new PageTableWindow(16 * MIB);
  private RecordingDevice device = record(false);
  private Served served = serve(device);

  private static RecordingDevice record(boolean coherent) {
    try {
      return new RecordingDevice(DaxDevices.memfd("coherence", TestVolume.DEVICE_BYTES), coherent);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Served serve(RecordingDevice recording) {
    try {
      Served fresh = new Served(TestVolume.on(recording), FamfsOptions.standard(), window);
      recording.calls();
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    served.close();
  }

  private List<String> callsOf(byte[] request) {
    assertEquals(0, served.call(request).error());
    return device.calls();
  }

  private long at(String path, long fileOffset) {
    return served.test.deviceOffset(path, fileOffset);
  }

  @Test
  void readDropsExactlyWhatItLoads() {
    long striped = served.test.nodeid("striped");
    assertEquals(
        List.of(dropOf(at("striped", UNIT - 100), 100), dropOf(at("striped", UNIT), 300)),
        callsOf(Requests.read(Opcode.READ, striped, UNIT - 100, 400)));
    long hello = served.test.nodeid("hello");
    assertEquals(
        List.of(dropOf(at("hello", 2), 3)), callsOf(Requests.read(Opcode.READ, hello, 2, 4096)));
    assertEquals(List.of(), callsOf(Requests.read(Opcode.READ, hello, 5, 4096)));
  }

  @Test
  void writeWritesBackExactlyWhatItStores() {
    long striped = served.test.nodeid("striped");
    assertEquals(
        List.of(writeBackOf(at("striped", UNIT - 1), 1), writeBackOf(at("striped", UNIT), 99)),
        callsOf(Requests.write(striped, UNIT - 1, new byte[100])));
  }

  @Test
  void fsyncWritesBackTheWholeFile() {
    long simple = served.test.nodeid("simple");
    assertEquals(
        List.of(
            writeBackOf(at("simple", 0), UNIT),
            writeBackOf(at("simple", UNIT), UNIT),
            writeBackOf(at("simple", 2 * UNIT), TestVolume.SIMPLE_BYTES - 2 * UNIT)),
        callsOf(Requests.fsync(Opcode.FSYNC, simple)));
  }

  @Test
  void openAndCloseOfAFileNobodyMappedCostNothing() {
    long hello = served.test.nodeid("hello");
    assertEquals(List.of(), callsOf(Requests.open(Opcode.OPEN, hello, 2)));
    assertEquals(List.of(), callsOf(Requests.handle24(Opcode.FLUSH, hello)));
    assertEquals(List.of(), callsOf(Requests.handle24(Opcode.RELEASE, hello)));
  }

  @Test
  void whatIsMappedForReadingIsDroppedAtTheMappingAndAtEveryOpen() {
    long simple = served.test.nodeid("simple");
    assertEquals(
        List.of(dropOf(at("simple", UNIT), UNIT)),
        callsOf(Requests.setupMapping(simple, UNIT, 0, UNIT, READ)));
    assertEquals(
        List.of(dropOf(at("simple", UNIT), UNIT)), callsOf(Requests.open(Opcode.OPEN, simple, 0)));
    assertEquals(List.of(), callsOf(Requests.handle24(Opcode.FLUSH, simple)));
    long hello = served.test.nodeid("hello");
    assertEquals(List.of(), callsOf(Requests.open(Opcode.OPEN, hello, 0)));
  }

  @Test
  void whatIsMappedForStoresIsWrittenBackAtEveryClose() {
    long simple = served.test.nodeid("simple");
    callsOf(Requests.setupMapping(simple, 0, 0, UNIT, READ));
    callsOf(Requests.setupMapping(simple, 2 * UNIT, UNIT, UNIT, READ_WRITE));
    long end = served.test.file("simple").extents().mappedBytes();
    assertEquals(
        List.of(
            writeBackOf(at("simple", 0), UNIT),
            writeBackOf(at("simple", UNIT), UNIT),
            writeBackOf(at("simple", 2 * UNIT), end - 2 * UNIT)),
        callsOf(Requests.handle24(Opcode.FLUSH, simple)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello", "simple", "striped"})
  void onACoherentDeviceOnlyFsyncDoesAnything(String path) {
    served.close();
    device = record(true);
    served = serve(device);
    long nodeid = served.test.nodeid(path);
    assertEquals(List.of(), callsOf(Requests.open(Opcode.OPEN, nodeid, 2)));
    assertEquals(List.of(), callsOf(Requests.setupMapping(nodeid, 0, 0, UNIT, READ_WRITE)));
    assertEquals(List.of(), callsOf(Requests.read(Opcode.READ, nodeid, 0, 4096)));
    assertEquals(List.of(), callsOf(Requests.write(nodeid, 0, new byte[4])));
    assertEquals(List.of(), callsOf(Requests.open(Opcode.OPEN, nodeid, 2)));
    assertEquals(List.of(), callsOf(Requests.handle24(Opcode.FLUSH, nodeid)));
  }
}
