package io.famfs.fuse.server;

import java.util.SortedMap;

/// What a server has done since it started, over all its connections.
///
/// @param requests number of requests by the name of their opcode, without zeros
/// @param errors number of error replies by errno, without zeros
/// @param causes requests that were no good or went wrong, by cause
/// @param bytes what was moved
public record ServerStats(
    SortedMap<String, Long> requests, SortedMap<Integer, Long> errors, Causes causes, Bytes bytes) {

  /// Requests that were no good or went wrong.
  ///
  /// @param malformed whose length, header, arguments or name were against the protocol
  /// @param unknownOpcodes with an opcode that is in no table
  /// @param unconnected before an INIT or after a DESTROY
  /// @param memoryFaults that failed because memory had gone
  /// @param failures that failed by a mistake in this program
  public record Causes(
      long malformed, long unknownOpcodes, long unconnected, long memoryFaults, long failures) {}

  /// What was moved.
  ///
  /// @param read copied out by READ
  /// @param written copied in by WRITE
  /// @param mapped mapped into windows by SETUPMAPPING
  /// @param unmapped taken out of windows by REMOVEMAPPING, mapped before or not
  public record Bytes(long read, long written, long mapped, long unmapped) {}

  /// How many requests of this name there were.
  public long requests(String name) {
    return requests.getOrDefault(name, 0L);
  }

  /// How many replies carried this errno, given as a positive number.
  public long errors(int errno) {
    return errors.getOrDefault(errno, 0L);
  }

  /// All requests that had a row in the table of operations.
  public long requestCount() {
    return requests.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Requests whose length, header, arguments or name were against the protocol.
  public long malformed() {
    return causes.malformed();
  }

  /// Requests with an opcode that is in no table.
  public long unknownOpcodes() {
    return causes.unknownOpcodes();
  }

  /// Requests that failed because memory had gone.
  public long memoryFaults() {
    return causes.memoryFaults();
  }

  /// Requests that failed by a mistake in this program.
  public long failures() {
    return causes.failures();
  }
}
