package io.famfs.virtiofs;

import io.famfs.dax.DaxDevices;
import io.famfs.dax.MappedDaxDevice;
import io.famfs.fuse.server.EchoSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server over a small memory device whose sessions echo.
final class TestServer implements AutoCloseable {
  static final long DEVICE_BYTES = 64L << 20;
  static final long WINDOW_BYTES = 32L << 20;

  final Path directory;
  final Path socket;
  final MappedDaxDevice device;
  final VirtioFsServer server;
  final BlockingQueue<EchoSession> sessions = new LinkedBlockingQueue<>();

  TestServer(int requestQueues, long windowBytes) throws IOException {
    this(requestQueues, windowBytes, QueueService.standard(), false);
  }

  TestServer(int requestQueues, long windowBytes, QueueService service) throws IOException {
    this(requestQueues, windowBytes, service, false);
  }

  /// One request queue and the offer of a notification queue.
  static TestServer withNotifications(long windowBytes) throws IOException {
    return new TestServer(1, windowBytes, QueueService.standard(), true);
  }

  private TestServer(
      int requestQueues, long windowBytes, QueueService service, boolean notifications)
      throws IOException {
    directory = Files.createTempDirectory("virtiofs");
    socket = directory.resolve("s");
    device = DaxDevices.memfd("window test", DEVICE_BYTES);
    server =
        new VirtioFsServer(
            new VirtioFsServer.Options(socket, "tag0", requestQueues, windowBytes)
                .withService(service)
                .withNotifications(notifications),
            List.of(device),
            window -> {
              EchoSession session = new EchoSession(window);
              sessions.add(session);
              return session;
            });
    server.start();
  }

  EchoSession session() throws InterruptedException {
    EchoSession session = sessions.poll(TestRing.WAIT_MILLIS, TimeUnit.MILLISECONDS);
    if (session == null) {
      throw new AssertionError("no session was opened");
    }
    return session;
  }

  @Override
  public void close() throws IOException {
    server.close();
    device.close();
    Files.deleteIfExists(socket);
    Files.delete(directory);
  }
}
