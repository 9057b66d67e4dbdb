package io.famfs.fuse.server;

import io.famfs.fuse.protocol.Opcode;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The protocol as this server speaks it: what each opcode is called, what fields its request and
/// its reply have, what handles it and whether it is replied to. Dispatch, length checks, byte
/// order, counters and PROTOCOL.md follow this table. Each topic has its rows in a class of its
/// own.
final class OperationTable {
  private static final List<Operation> OPERATIONS =
      Stream.of(
              NameRows.rows(),
              DataRows.rows(),
              AttributeRows.rows(),
              SessionRows.rows(),
              MapRows.rows())
          .flatMap(List::stream)
          .sorted(Comparator.comparingInt(Operation::opcode))
          .toList();

  private static final @Nullable Operation[] BY_OPCODE = byOpcode();

  private OperationTable() {}

  /// Every row, by rising opcode.
  static List<Operation> operations() {
    return OPERATIONS;
  }

  /// The row of an opcode as it came; null when there is none.
  static @Nullable Operation find(int opcode) {
    return opcode >= 0 && opcode < BY_OPCODE.length ? BY_OPCODE[opcode] : null;
  }

  /// One more than the highest opcode that has a row.
  static int limit() {
    return BY_OPCODE.length;
  }

  private static @Nullable Operation[] byOpcode() {
    @Nullable Operation[] table = new @Nullable Operation[Opcode.LAST + 1];
    for (Operation operation : OPERATIONS) {
      if (table[operation.opcode()] != null) {
        throw new AssertionError("two rows for opcode " + operation.opcode());
      }
      table[operation.opcode()] = operation;
    }
    return table;
  }
}
