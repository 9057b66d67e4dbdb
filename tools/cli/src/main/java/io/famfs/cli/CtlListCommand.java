package io.famfs.cli;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `famfs ctl list`: the doors of a server.
@Command(name = "list", description = "Lists the sockets and mounts of a server.")
final class CtlListCommand extends BaseCommand {
  @Mixin private CtlOptions options = new CtlOptions();

  @Override
  public Integer call() throws IOException {
    String answer = options.client().get(DoorActions.LIST);
    if (options.json()) {
      out().println(answer.strip());
    } else {
      for (JsonTree door : JsonTree.parse(answer).get("doors").elements()) {
        out().println(line(door));
      }
    }
    out().flush();
    return DONE;
  }

  private static String line(JsonTree door) {
    StringBuilder line = new StringBuilder(door.get("kind").text());
    line.append(' ').append(door.get("path").text());
    if (door.get("kind").raw().equals("socket")) {
      line.append(" tag=").append(door.get("tag").text());
      line.append(" window=").append(door.get("windowBytes").number());
      line.append(" guests=").append(door.get("connected").number());
    }
    if (door.get("readOnly").isTrue()) {
      line.append(" ro");
    }
    if (!door.get("subdir").raw().isEmpty()) {
      line.append(" subdir=").append(door.get("subdir").text());
    }
    return line.toString();
  }
}
