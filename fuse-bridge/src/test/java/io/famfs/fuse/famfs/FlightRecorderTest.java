package io.famfs.fuse.famfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.server.RequestBytes;
import io.famfs.fuse.server.Requests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The events of a recording tell what was done.
class FlightRecorderTest {

  @Test
  void recordingHasTheEvents(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.famfs.Request").withThreshold(Duration.ZERO);
      for (String name : new String[] {"Mapping", "MemoryFault", "Session", "Replay"}) {
        recording.enable("io.famfs." + name);
      }
      recording.start();
      try (Served served = Served.with(new PageTableWindow(16 << 20))) {
        served.call(Requests.lookup(1, "absent"));
        long simple = served.test.nodeid("simple");
        served.call(Requests.setupMapping(simple, 0, 2 << 20, 2 << 20, 1));
        served.call(Requests.removeMapping(simple, 2 << 20, 4096));
        served.call(Requests.setupMapping(simple, 1, 0, 4096, 1));
        served.call(RequestBytes.of(Opcode.DESTROY, 0).bytes());
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    RecordedEvent lookup = one(events, "Request", "operation", "LOOKUP");
    assertEquals("ENOENT", lookup.getString("error"));
    assertEquals("client", lookup.getString("client"));
    assertTrue(lookup.getDuration().toNanos() > 0, lookup::toString);
    assertEquals(List.of("famfs", "Requests"), lookup.getEventType().getCategoryNames());
    assertFalse(String.valueOf(lookup.getEventType().getDescription()).isEmpty());
    RecordedEvent unmap = one(events, "Mapping", "change", "unmap");
    assertEquals(2 << 20, unmap.getLong("windowOffset"));
    assertEquals(4096, unmap.getLong("lengthBytes"));
    assertEquals(
        List.of("", "EINVAL"),
        events.stream()
            .filter(e -> e.getEventType().getName().equals("io.famfs.Mapping"))
            .filter(e -> "map".equals(e.getString("change")))
            .map(e -> e.getString("error"))
            .toList());
    assertEquals(45, one(events, "Session", "change", "agreed").getInt("minor"));
    one(events, "Session", "change", "ended");
    assertTrue(
        events.stream()
            .filter(e -> e.getEventType().getName().equals("io.famfs.Replay"))
            .anyMatch(e -> e.getLong("files") == 4),
        events::toString);
  }

  private static RecordedEvent one(
      List<RecordedEvent> events, String type, String field, String value) {
    List<RecordedEvent> found =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("io.famfs." + type))
            .filter(e -> value.equals(e.getString(field)))
            .toList();
    assertEquals(1, found.size(), () -> type + " " + value + ": " + found);
    return found.getFirst();
  }
}
