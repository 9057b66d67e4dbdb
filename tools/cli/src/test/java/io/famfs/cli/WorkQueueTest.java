package io.famfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final List<String> events = new ArrayList<>();

  /// Writes down its end.
  private final class Recorded implements Work {
    private final String name;
    private final List<Part> parts;

    Recorded(String name, Part... parts) {
      this.name = name;
      this.parts = List.of(parts);
    }

    @Override
    public List<Part> parts() {
      return parts;
    }

    @Override
    public void done(@Nullable Exception failure) {
      events.add(name + (failure == null ? " done" : " failed: " + failure.getMessage()));
    }

    @Override
    public void close() {
      events.add(name + " closed");
    }
  }

  private static void fail(String message) throws IOException {
    throw new IOException(message);
  }

  @Test
  void filesEndInTheOrderTheyWereAdded() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    try (WorkQueue queue = new WorkQueue(2)) {
      // The first file can only be finished when the second has been worked on.
      queue.add(new Recorded("a", () -> await(second)));
      queue.add(new Recorded("b", second::countDown));
      queue.add(new Recorded("empty"));
      queue.finish();
    }
    assertEquals(
        List.of("a done", "a closed", "b done", "b closed", "empty done", "empty closed"), events);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void partsOfOneFileRunAtTheSameTime() throws Exception {
    CountDownLatch met = new CountDownLatch(3);
    Work.Part part =
        () -> {
          met.countDown();
          await(met);
        };
    try (WorkQueue queue = new WorkQueue(3)) {
      queue.add(new Recorded("a", part, part, part));
      queue.finish();
    }
    assertEquals(List.of("a done", "a closed"), events);
  }

  @Test
  void anOperatingErrorIsTheEndOfItsFileOnly() throws Exception {
    try (WorkQueue queue = new WorkQueue(1)) {
      for (int i = 0; i < 20; i++) {
        int number = i;
        Work.Part part =
            () -> {
              if (number % 7 == 3) {
                fail("no " + number);
              }
            };
        queue.add(new Recorded("f" + i, part, () -> assertTrue(number % 7 != 3, "not run")));
      }
      queue.finish();
    }
    List<String> expected =
        IntStream.range(0, 20)
            .boxed()
            .flatMap(i ->
                List.of("f" + i + (i % 7 == 3 ? " failed: no " + i : " done"), "f" + i + " closed")
                    .stream())
            .toList();
    assertEquals(expected, events);
  }

  @Test
  void anythingElseEndsTheQueueAndEveryFileIsClosedOnce() throws Exception {
    InternalError gone = new InternalError("the memory has gone");
    try (WorkQueue queue = new WorkQueue(2)) {
      queue.add(new Recorded("a", () -> {}));
      queue.add(
          new Recorded(
              "b",
              () -> {
                throw gone;
              }));
      queue.add(new Recorded("c", () -> {}));
      assertEquals(gone, assertThrows(InternalError.class, queue::finish));
    }
    assertEquals(List.of("a done", "a closed", "b closed", "c closed"), events);
  }
}
