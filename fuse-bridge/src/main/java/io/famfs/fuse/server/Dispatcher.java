package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.DirentWriter;
import io.famfs.fuse.protocol.GetxattrIn;
import io.famfs.fuse.protocol.GetxattrOut;
import io.famfs.fuse.protocol.Opcode;
import io.famfs.fuse.protocol.OutHeader;
import io.famfs.fuse.protocol.WriteOut;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Takes a request from its header to its reply: checks in a fixed order, then the row of the
/// opcode table, then the reply's header. The wall behind which nothing throws.
///
/// | check | answer |
/// |---|---|
/// | fewer than 40 bytes, or the length field differs | EINVAL; no reply when there is no unique |
/// | opcode in no row, or in a row without handler | ENOSYS |
/// | no INIT yet, after DESTROY, closed | EIO |
/// | arguments cut, name not legal | EINVAL, ENAMETOOLONG |
/// | no room for the reply's header | none; for its body: EINVAL |
/// | a nodeid outside of what the client sees | ESTALE |
/// | what the caller may not do, as far as its own kernel cannot know | EACCES, EPERM |
final class Dispatcher {
  private static final Logger LOGGER = System.getLogger(Dispatcher.class.getName());
  private static final int MAX_CAUSES = 100;

  private final Set<String> loggedCauses = ConcurrentHashMap.newKeySet();
  private final boolean timed;
  private final @Nullable Trace trace;

  /// @param observation what is kept of the work
  Dispatcher(Observation observation) {
    trace = observation.trace();
    timed = observation.latencies() || trace != null;
  }

  /// Handles the request and sets the exchange's outcome.
  void dispatch(FuseSession session, Request request) {
    long startNanos = timed ? System.nanoTime() : 0;
    RequestEvent event = RequestEvent.begun();
    Connection connection = session.connection();
    int result =
        connection == null
            ? request.decode(session.order(), ClientAbi.UNKNOWN)
            : request.decode(connection.order(), connection.abi());
    Operation operation = null;
    if (result < 0) {
      request.counters.increment(WorkerCounters.MALFORMED);
    } else {
      operation = OperationTable.find(request.opcode());
      result = operation == null ? unknown(request) : run(session, connection, request, operation);
    }
    if (trace != null) {
      traceReply(session, request, operation, result, startNanos);
    }
    if (result == Operation.LATER) {
      request.exchange().laterReply();
    } else if (operation != null && !operation.reply()) {
      request.exchange().noReply();
    } else {
      reply(request, operation, result);
    }
    if (timed && operation != null) {
      request.counters.took(operation.opcode(), System.nanoTime() - startNanos);
    }
    if (event != null) {
      event.finish(session.name(), request, operation, result);
    }
  }

  private void traceRequest(FuseSession session, Request request, @Nullable Operation operation) {
    Trace to = trace;
    if (to != null) {
      to.request(session.name(), request, operation);
    }
  }

  private void traceReply(
      FuseSession session,
      Request request,
      @Nullable Operation operation,
      int result,
      long startNanos) {
    if (operation == null) {
      traceRequest(session, request, null);
    }
    Trace to = trace;
    if (to != null) {
      to.reply(session.name(), request, operation, result, System.nanoTime() - startNanos);
    }
  }

  private static int unknown(Request request) {
    request.counters.increment(WorkerCounters.UNKNOWN_OPCODES);
    return -Errno.ENOSYS;
  }

  private int run(
      FuseSession session, @Nullable Connection connection, Request request, Operation operation) {
    request.counters.request(operation.opcode());
    request.decodeArguments(operation.arguments());
    if (trace != null) {
      traceRequest(session, request, operation);
    }
    Operation.Handler handler = operation.handler();
    if (handler == null) {
      return -Errno.ENOSYS;
    }
    if (connection == null && operation.opcode() != Opcode.INIT) {
      request.counters.increment(WorkerCounters.UNCONNECTED);
      return -Errno.EIO;
    }
    int result = check(request, operation);
    if (result < 0) {
      request.counters.increment(WorkerCounters.MALFORMED);
      return result;
    }
    request.connection(connection);
    if (connection != null) {
      int admitted = Admission.admit(session.files(), connection.client().view(), request);
      if (admitted < 0) {
        return admitted;
      }
      LostInodes lost = session.lost();
      int gone = lost.any() ? lost.check(request) : 0;
      if (gone < 0) {
        return gone;
      }
    }
    int handled = handle(session, request, operation, handler);
    if (request.memoryFailed()) {
      boolean again = session.files().memoryFailed(request);
      if (again) {
        // What is known to be bad now is gone around.
        request.exchange().rewind();
        handled = handle(session, request, operation, handler);
      }
      // A handler that answers EIO because of bad memory has counted it.
      if (!again || handled >= 0 || request.memoryFailed()) {
        request.countMemoryFault();
      }
    }
    count(request, operation.opcode(), handled);
    if (handled >= 0) {
      session.opens().handled(request);
    }
    return handled;
  }

  /// Runs a handler. Compiled code tells of memory that has gone some steps after the access, so
  /// what a handler catches by itself is not all there is.
  private int handle(
      FuseSession session, Request request, Operation operation, Operation.Handler handler) {
    request.memoryFailed(false);
    try {
      return handler.handle(session, request);
    } catch (InternalError fault) {
      request.memoryFailed(true);
      logOnce(operation, "memory has gone", fault);
      return -Errno.EIO;
    } catch (RuntimeException | Error failure) {
      request.counters.increment(WorkerCounters.FAILURES);
      logOnce(operation, "unexpected failure", failure);
      return -Errno.EIO;
    }
  }

  private static void count(Request request, int opcode, int result) {
    if (opcode == Opcode.READ && result >= 0) {
      int bytes = Math.max(result, request.exchange().appendedBytes());
      request.counters.read(request.nodeid(), bytes);
    } else if (opcode == Opcode.WRITE && result >= WriteOut.BYTES) {
      long bytes = Integer.toUnsignedLong(WriteOut.size(request.out(), Request.BODY));
      request.counters.written(request.nodeid(), bytes);
    }
  }

  private static int check(Request request, Operation operation) {
    int fixedBytes = operation.argumentBytes();
    if (request.argumentBytes() < fixedBytes
        || request.exchange().inLength() < Request.ARGUMENTS + fixedBytes) {
      return -Errno.EINVAL;
    }
    if (operation.reply() && request.bodyRoom() < operation.bodyBytes()) {
      return -Errno.EINVAL;
    }
    return operation.names() == 0 ? 0 : checkNames(request, operation);
  }

  private static int checkNames(Request request, Operation operation) {
    int result = request.decodeName(operation.argumentBytes(), operation.slashes());
    int end = request.nameOffset() + request.nameLength();
    if (result == 0 && operation.names() > 1) {
      result = request.decodeSecondName();
      end = request.secondNameOffset() + request.secondNameLength();
    }
    boolean last = end + 1 == Request.ARGUMENTS + request.argumentBytes();
    return result < 0 || last || operation.dataBehindNames() ? result : -Errno.EINVAL;
  }

  private static void reply(Request request, @Nullable Operation operation, int result) {
    Exchange exchange = request.exchange();
    if (request.unique() == 0 || request.bodyRoom() < 0) {
      exchange.noReply();
      return;
    }
    if (result < 0) {
      request.counters.error(-result);
      request.writeHeader(OutHeader.BYTES, result);
      exchange.bodyReply(OutHeader.BYTES);
    } else if (exchange.appendedBytes() > 0) {
      request.writeHeader(OutHeader.BYTES + exchange.appendedBytes(), 0);
      exchange.appendedReply();
    } else {
      int total = OutHeader.BYTES + result;
      if (request.bigEndian() && operation != null) {
        reverseBody(request, operation, total);
      }
      request.writeHeader(total, 0);
      exchange.bodyReply(total);
    }
  }

  private static void reverseBody(Request request, Operation operation, int end) {
    MemorySegment out = request.out();
    switch (operation.listing()) {
      case NONE -> operation.body().reverse(out, Request.BODY, end);
      case DIRENTS -> DirentWriter.reverse(out, Request.BODY, end, false);
      case DIRENTS_PLUS -> DirentWriter.reverse(out, Request.BODY, end, true);
      case SIZE_OR_DATA -> {
        if (GetxattrIn.size(request.in(), Request.ARGUMENTS) == 0) {
          GetxattrOut.FIELDS.reverse(out, Request.BODY, end);
        }
      }
    }
  }

  private void logOnce(Operation operation, String what, Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    String where = trace.length == 0 ? "unknown place" : trace[0].toString();
    String line = operation.name() + ": " + what + ", answered EIO: " + cause + " at " + where;
    if (loggedCauses.size() < MAX_CAUSES && loggedCauses.add(line)) {
      LOGGER.log(Level.WARNING, line);
    }
  }
}
