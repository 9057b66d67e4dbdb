package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.Opcode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OperationTableTest {
  /// Numbers that the protocol has never given out.
  private static final int[] GAPS = {0, 7, 19};

  @Test
  void everyOpcodeOfTheProtocolHasARow() {
    assertEquals(Opcode.LAST - 2, OperationTable.operations().size());
    for (Operation operation : OperationTable.operations()) {
      assertSame(operation, OperationTable.find(operation.opcode()));
    }
    for (int gap : GAPS) {
      assertNull(OperationTable.find(gap));
    }
    assertNull(OperationTable.find(Opcode.LAST + 1));
    assertNull(OperationTable.find(-1));
    assertNull(OperationTable.find(Integer.MIN_VALUE));
  }

  @Test
  void protocolDocumentSaysWhatTheTablesSay() throws IOException {
    String document = Files.readString(Path.of(System.getProperty("basedir", "."), "PROTOCOL.md"));
    requireContained(document, opcodeTable());
    requireContained(document, flagTable());
  }

  private static void requireContained(String document, String table) {
    assertTrue(document.contains(table), () -> "PROTOCOL.md must contain:\n" + table);
  }

  private static String opcodeTable() {
    StringBuilder table = new StringBuilder();
    table.append("| opcode | name | arguments | names | body | reply | served |\n");
    table.append("|---|---|---|---|---|---|---|\n");
    for (Operation operation : OperationTable.operations()) {
      boolean served = operation.handler() != null;
      table
          .append("| ")
          .append(operation.opcode())
          .append(" | ")
          .append(operation.name())
          .append(" | ")
          .append(served ? operation.argumentBytes() : "-")
          .append(" | ")
          .append(served ? operation.names() : "-")
          .append(" | ")
          .append(operation.bodyBytes() == 0 ? "-" : operation.bodyBytes())
          .append(" | ")
          .append(operation.reply() ? "yes" : "no")
          .append(" | ")
          .append(operation.note().isEmpty() ? "yes" : operation.note())
          .append(" |\n");
    }
    return table.toString();
  }

  private static String flagTable() {
    StringBuilder table = new StringBuilder();
    table.append("| bit | flag | answer | why |\n|---|---|---|---|\n");
    for (InitFlag flag : InitFlag.values()) {
      String answer =
          switch (flag.decision()) {
            case ACCEPT -> "accepted";
            case WITH_WINDOW -> "with a window";
            case WITHOUT_WINDOW -> "without a window";
            case WITH_ARCHITECTURE -> "with a known architecture";
            case WITH_DEVICES -> "with devices the client can name";
            case WITH_TIMEOUT -> "with a limit";
            case WITH_LOCKS -> "unless each kernel keeps its own";
            case WITH_NOTIFICATIONS -> "on /dev/fuse";
            case DECLINE -> "declined";
          };
      table
          .append("| ")
          .append(flag.bit())
          .append(" | ")
          .append(flag)
          .append(" | ")
          .append(answer)
          .append(" | ")
          .append(flag.reason())
          .append(" |\n");
    }
    return table.toString();
  }
}
