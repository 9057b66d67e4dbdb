package io.famfs.fuse.server;

import io.famfs.fuse.protocol.FieldKind;
import io.famfs.fuse.protocol.Fields;
import io.famfs.fuse.protocol.InHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/// A row of the table of operations as tests elsewhere see it: what a request of it looks like.
///
/// @param opcode number on the wire
/// @param name its name
/// @param argumentBytes bytes of arguments it has at least
/// @param names names behind them
/// @param slashes whether they may have slashes
/// @param data whether data follow the names
/// @param bodyBytes size of the reply's body when that is fixed, else 0
/// @param reply whether it is replied to
/// @param served whether it has a handler
public record TableRow(
    int opcode,
    String name,
    int argumentBytes,
    int names,
    boolean slashes,
    boolean data,
    int bodyBytes,
    boolean reply,
    boolean served) {

  /// All rows there are.
  public static List<TableRow> all() {
    return OperationTable.operations().stream()
        .map(o ->
            new TableRow(
                o.opcode(),
                o.name(),
                o.argumentBytes(),
                o.names(),
                o.slashes(),
                o.dataBehindNames(),
                o.bodyBytes(),
                o.reply(),
                o.handler() != null))
        .toList();
  }

  /// Whether its arguments have a field of this name.
  public boolean has(String field) {
    return offset(field) >= 0;
  }

  private int offset(String field) {
    Fields fields = arguments();
    for (int i = 0; i < fields.count(); i++) {
      // A row that is not served has fields for the trace, and takes requests without them.
      if (fields.offset(i) < argumentBytes && fields.name(i).equals(field)) {
        return InHeader.BYTES + fields.offset(i);
      }
    }
    return -1;
  }

  /// The names of the fields of its arguments.
  public List<String> fields() {
    Fields fields = arguments();
    return IntStream.range(0, fields.count()).mapToObj(fields::name).toList();
  }

  /// Whether a field names an inode beside that of the header.
  public boolean isNodeid(String field) {
    int index = fields().indexOf(field);
    return index >= 0 && arguments().kind(index) == FieldKind.NODEID;
  }

  private Fields arguments() {
    Operation operation = OperationTable.find(opcode);
    if (operation == null) {
      throw new AssertionError(name);
    }
    return operation.arguments();
  }

  /// A whole request about a file whose arguments are zeros.
  public byte[] request(long nodeid) {
    return request(nodeid, "one", "two");
  }

  /// The same with other names; those that the row does not have are left out.
  public byte[] request(long nodeid, String first, String second) {
    RequestBytes bytes = RequestBytes.of(opcode, nodeid).raw(new byte[argumentBytes]);
    if (names > 0) {
      bytes.name(first);
    }
    if (names > 1) {
      bytes.name(second);
    }
    return bytes.bytes();
  }

  /// Sets a field of 8 bytes in a request of this row.
  public byte[] with(byte[] request, String field, long value) {
    ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN).putLong(offset(field), value);
    return request;
  }

  @Override
  public String toString() {
    return name;
  }
}
