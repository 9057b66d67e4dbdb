package io.famfs.os.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A program for the kernel's classic filter machine, as `seccomp(2)` takes it: it looks at `struct
/// seccomp_data` and answers what becomes of the call.
final class Bpf {
  static final int INSTRUCTION_BYTES = 8;
  static final int MAX_INSTRUCTIONS = 4096;

  /// Offsets in `struct seccomp_data`.
  private static final int NUMBER = 0;

  private static final int ARCH = 4;
  private static final int ARGUMENTS = 16;

  private static final int LOAD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_GREATER = 0x25;
  private static final int JUMP_ANY_BIT = 0x45;
  private static final int ANSWER = 0x06;

  private record Instruction(int code, int yes, int no, int k) {}

  private final List<Instruction> program = new ArrayList<>();

  private void add(int code, int yes, int no, int k) {
    program.add(new Instruction(code, yes, no, k));
  }

  void loadArch() {
    add(LOAD, 0, 0, ARCH);
  }

  void loadNumber() {
    add(LOAD, 0, 0, NUMBER);
  }

  /// The low half of an argument, from 0.
  void loadLow(int argument) {
    add(LOAD, 0, 0, ARGUMENTS + Long.BYTES * argument);
  }

  /// The high half of an argument.
  void loadHigh(int argument) {
    add(LOAD, 0, 0, ARGUMENTS + Long.BYTES * argument + Integer.BYTES);
  }

  void answer(int action) {
    add(ANSWER, 0, 0, action);
  }

  /// Answers when the loaded word is `k`; goes on otherwise.
  void whenEqual(int k, int action) {
    add(JUMP_EQUAL, 0, 1, k);
    answer(action);
  }

  /// Answers when the loaded word is not `k`; goes on otherwise.
  void unlessEqual(int k, int action) {
    add(JUMP_EQUAL, 1, 0, k);
    answer(action);
  }

  /// Answers when the loaded word is greater than `k`, both unsigned; goes on otherwise.
  void whenGreater(int k, int action) {
    add(JUMP_GREATER, 0, 1, k);
    answer(action);
  }

  /// Answers when the loaded word has a bit of `bits`; goes on otherwise.
  void whenAnyBit(int bits, int action) {
    add(JUMP_ANY_BIT, 0, 1, bits);
    answer(action);
  }

  /// Goes on with what `rules` adds when the loaded word is `k`, and behind it otherwise.
  void caseOf(int k, Runnable rules) {
    int at = program.size();
    add(JUMP_EQUAL, 0, 0, k);
    rules.run();
    int length = program.size() - at - 1;
    if (length > 255) {
      throw new IllegalStateException("a case of " + length + " instructions");
    }
    program.set(at, new Instruction(JUMP_EQUAL, 0, length, k));
  }

  int size() {
    return program.size();
  }

  /// The instructions as `struct sock_filter`.
  byte[] bytes() {
    ByteBuffer out =
        ByteBuffer.allocate(program.size() * INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    for (Instruction i : program) {
      out.putShort((short) i.code).put((byte) i.yes).put((byte) i.no).putInt(i.k);
    }
    return out.array();
  }
}
