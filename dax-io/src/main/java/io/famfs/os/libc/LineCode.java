package io.famfs.os.libc;

import org.jspecify.annotations.Nullable;

/// Machine code of one processor family that moves cache lines: position-independent routines for
/// the C calling convention that use no stack and touch nothing but the lines.
///
/// Two take (start, end, step), all of them longs, run over the lines at `start`, `start + step`
/// and so on below `end`, at least one, and return how many those were: a caller can tell that all
/// of them were reached.
interface LineCode {

  /// The code for the processor this runs on; null when there is none.
  static @Nullable LineCode ofThisHost() {
    return switch (System.getProperty("os.arch", "")) {
      case "amd64" -> X86LineCode.of(ProcessorFlags.of("flags"));
      case "aarch64" -> Arm64LineCode.of(ProcessorFlags.of("Features"));
      default -> null;
    };
  }

  /// The instructions that were chosen, for people.
  String description();

  /// Takes nothing and returns the distance in bytes at which instructions have to be given.
  byte[] lineBytes();

  /// Writes lines back to memory; returns when they are there, and before any later store.
  byte[] writeBack();

  /// Writes changed lines back and drops all; loads that follow come from memory.
  byte[] invalidate();
}
