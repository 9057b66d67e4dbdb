package io.famfs.fuse.server;

import java.util.SortedMap;

/// What a server has done since it started, over all its connections.
///
/// @param requests number of requests by the name of their opcode, without zeros
/// @param errors number of error replies by errno, without zeros
/// @param malformed requests whose length, header, arguments or name were against the protocol
/// @param unknownOpcodes requests with an opcode that is in no table
/// @param memoryFaults requests that failed because memory had gone
/// @param failures requests that failed by a mistake in this program
public record ServerStats(
    SortedMap<String, Long> requests,
    SortedMap<Integer, Long> errors,
    long malformed,
    long unknownOpcodes,
    long memoryFaults,
    long failures) {

  /// How many requests of this name there were.
  public long requests(String name) {
    return requests.getOrDefault(name, 0L);
  }

  /// How many replies carried this errno, given as a positive number.
  public long errors(int errno) {
    return errors.getOrDefault(errno, 0L);
  }
}
