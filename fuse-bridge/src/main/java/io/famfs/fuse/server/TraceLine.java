package io.famfs.fuse.server;

import io.famfs.core.Errno;
import io.famfs.fuse.protocol.FieldKind;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.InHeader;
import io.famfs.fuse.protocol.Opcode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// One line of a trace: ASCII without control characters, of bounded length.
final class TraceLine {
  /// Longer lines are cut, and end in an ellipsis.
  static final int MAX_CHARS = 4096;

  /// Elements of a list that are shown.
  private static final int MAX_LISTED = 4;

  /// Longest name that is shown; longer ones are malformed.
  private static final int MAX_NAME_BYTES = 256;

  private static final int PAIR_BYTES = 16;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final StringBuilder out = new StringBuilder(256);

  TraceLine(String client, char direction) {
    TIME.formatTo(Instant.now(), out);
    byte[] name = client.getBytes(StandardCharsets.UTF_8);
    out.append(' ');
    quote(MemorySegment.ofArray(name), 0, name.length);
    out.append(' ').append(direction).append(' ');
  }

  TraceLine request(Request request, @Nullable Operation operation) {
    int length = request.exchange().inLength();
    if (length < InHeader.BYTES) {
      out.append("malformed bytes=").append(request.exchange().requestLength());
      return this;
    }
    MemorySegment in = request.in();
    name(request, operation);
    out.append(" nodeid=").append(Long.toUnsignedString(request.nodeid()));
    out.append(" uid=").append(Integer.toUnsignedString(request.uid()));
    out.append(" gid=").append(Integer.toUnsignedString(request.gid()));
    out.append(" pid=").append(Integer.toUnsignedString(InHeader.pid(in, 0)));
    int end = Math.min(length, Request.ARGUMENTS + Math.max(0, request.argumentBytes()));
    if (operation == null) {
      out.append(" bytes=").append(request.exchange().requestLength());
      return this;
    }
    fields(operation.arguments(), in, Request.ARGUMENTS, end);
    int at = Request.ARGUMENTS + operation.arguments().bytes();
    for (int i = 0; i < operation.names() && at < end; i++) {
      out.append(i == 0 ? " name=" : " name2=");
      at = text(in, at, end) + 1;
    }
    switch (operation.opcode()) {
      case Opcode.REMOVEMAPPING -> list(request, at, end, "moffset", "len");
      case Opcode.BATCH_FORGET -> list(request, at, end, "nodeid", "nlookup");
      default -> {
        // No list follows.
      }
    }
    return this;
  }

  TraceLine reply(Request request, @Nullable Operation operation, int result, long nanos) {
    name(request, operation);
    Exchange exchange = request.exchange();
    if (result == Operation.LATER) {
      out.append(" later");
    } else if (operation != null && !operation.reply()) {
      out.append(" none");
    } else if (result < 0) {
      out.append(' ').append(Errno.name(-result));
    } else if (exchange.appendedBytes() > 0) {
      out.append(" ok data=").append(exchange.appendedBytes());
    } else {
      out.append(" ok");
      int body = operation == null ? 0 : operation.bodyBytes();
      if (operation != null && body > 0) {
        fields(operation.body(), request.out(), Request.BODY, Request.BODY + result);
      }
      if (result > body) {
        out.append(" data=").append(result - body);
      }
    }
    out.append(" time=").append(Math.round(nanos / NANOS_PER_MICRO * 10) / 10.0).append("us");
    return this;
  }

  /// The line with its line feed.
  String end() {
    if (out.length() >= MAX_CHARS) {
      out.setLength(MAX_CHARS - 4);
      out.append("...");
    }
    return out.append('\n').toString();
  }

  private void name(Request request, @Nullable Operation operation) {
    if (operation != null) {
      out.append(operation.name());
    } else {
      out.append('#').append(Integer.toUnsignedString(request.opcode()));
    }
    out.append(" unique=").append(Long.toUnsignedString(request.unique()));
  }

  private void fields(Fields fields, MemorySegment message, int at, int end) {
    for (int i = 0; i < fields.count(); i++) {
      if (at + fields.offset(i) + fields.width(i) > end) {
        out.append(" cut");
        return;
      }
      long value = fields.value(i, message, at);
      FieldKind kind = fields.kind(i);
      if (kind != FieldKind.PADDING || value != 0) {
        out.append(' ').append(fields.name(i)).append('=');
        kind.show(value, fields.width(i), out);
      }
    }
  }

  /// Pairs of numbers, which are still in the byte order of the peer.
  private void list(Request request, int from, int end, String first, String second) {
    MemorySegment in = request.in();
    int shown = 0;
    for (int at = from; at + PAIR_BYTES <= end && shown <= MAX_LISTED; at += PAIR_BYTES) {
      if (shown == MAX_LISTED) {
        out.append(" ...");
      } else {
        out.append(' ').append(first).append('=').append(number(request, in, at));
        out.append(' ').append(second).append('=').append(number(request, in, at + Long.BYTES));
      }
      shown++;
    }
  }

  private static String number(Request request, MemorySegment in, int at) {
    long raw = in.get(U64, at);
    return Long.toUnsignedString(request.bigEndian() ? Long.reverseBytes(raw) : raw);
  }

  /// A name up to its terminator.
  ///
  /// @return where the terminator is, or where the name was cut
  private int text(MemorySegment in, int start, int end) {
    int stop = Math.min(end, start + MAX_NAME_BYTES);
    int at = start;
    while (at < stop && in.get(ValueLayout.JAVA_BYTE, at) != 0) {
      at++;
    }
    quote(in, start, at);
    if (at == stop) {
      out.append("...");
    }
    return at;
  }

  private void quote(MemorySegment bytes, int from, int to) {
    out.append('"');
    for (int i = from; i < to; i++) {
      int b = bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
      if (b < 0x20 || b > 0x7e || b == '"' || b == '\\') {
        out.append("\\x").append(Character.forDigit(b >> 4, 16));
        out.append(Character.forDigit(b & 0xf, 16));
      } else {
        out.append((char) b);
      }
    }
    out.append('"');
  }
}
