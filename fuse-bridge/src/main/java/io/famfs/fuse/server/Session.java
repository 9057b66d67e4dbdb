package io.famfs.fuse.server;

import io.famfs.os.handover.StateRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One FUSE connection, from its INIT to its DESTROY or the loss of its peer. Safe for use by many
/// workers at once.
public interface Session extends RequestHandler, AutoCloseable {

  /// The devices that a kernel behind `/dev/fuse` is to be given before it can open a file; null
  /// when the last INIT agreed on no file maps.
  default @Nullable DeviceRegistration registration() {
    return null;
  }

  /// Tells the session how its client can be told of changes, once the client has had its INIT.
  /// Returns when the client has been tried.
  ///
  /// @param channel stays open until the session is closed
  /// @return whether the client hears
  default boolean hear(NotificationChannel channel) {
    return false;
  }

  /// Asks the client to send again what has not been answered, as one has to that has taken the
  /// door over from another process. What was done already is not done twice.
  ///
  /// @return whether the client was asked
  default boolean resend() {
    return false;
  }

  /// Notes what INIT agreed on in memory that outlives this process; when another process has noted
  /// something there, the session goes on with that. Call before the first request.
  ///
  /// @throws IllegalArgumentException when it was noted by a program that can do more than this one
  default void keepIn(StateRecord record) {}

  /// What another server needs to go on with the client. No request is handled meanwhile.
  ///
  /// @param taken for each queue, the requests that were taken and have no reply yet
  /// @throws IOException with the reason why the client cannot go now
  default byte[] save(List<List<Integer>> taken) throws IOException {
    throw new IOException("this session stays where it is");
  }

  /// Another server may go on with the client, until [#takeBack()] or the end of the session.
  ///
  /// @throws IOException with the reason why the client cannot go now
  default void handOver() throws IOException {}

  /// The client goes on here after all: a request is about to come.
  default void takeBack() {}

  /// Goes on with a client of another server.
  ///
  /// @param state what [#save] gave there
  /// @param queues how many queues there are
  /// @return for each queue, the requests that were taken and have no reply yet
  /// @throws IOException with the reason why that cannot be; the session waits for its INIT then
  default List<int[]> load(byte[] state, int queues) throws IOException {
    throw new IOException("this session takes no state");
  }

  /// Ends the session: gives back its mappings and answers every later request with an error.
  /// Idempotent.
  @Override
  void close();
}
