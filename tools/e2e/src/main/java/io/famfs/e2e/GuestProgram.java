package io.famfs.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The static test program `gtest` of the guests, compiled once per source text.
final class GuestProgram {
  private static final String SOURCE = "gtest.c";
  private static final List<String> FLAGS = List.of("-nostdinc", "-nostdlib", "-static");
  private static final List<String> GCC_FLAGS =
      List.of("-O1", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie", "-w");

  private GuestProgram() {}

  /// A file of the guest that comes with this library.
  static byte[] resource(String name) {
    try (InputStream in = GuestProgram.class.getResourceAsStream("guest/" + name)) {
      if (in == null) {
        throw new IllegalStateException("this library lacks its file guest/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The program, from the cache or compiled now: by the compiler of the VM, else by this
  /// machine's.
  static Path obtain(VmImage image) throws IOException, InterruptedException {
    byte[] source = resource(SOURCE);
    Path directory = image.cache().resolve("gtest-" + hash(source));
    Path program = directory.resolve("gtest");
    if (Files.isExecutable(program)) {
      return program;
    }
    Files.createDirectories(directory);
    Path work = Files.createTempDirectory(directory, "build");
    try {
      Path input = Files.write(work.resolve(SOURCE), source);
      Path output = work.resolve("gtest");
      compile(image, input, output);
      Files.move(output, program, StandardCopyOption.ATOMIC_MOVE);
      return program;
    } finally {
      VmFetch.deleteTree(work);
    }
  }

  private static void compile(VmImage image, Path input, Path output)
      throws IOException, InterruptedException {
    List<String> refusals = new ArrayList<>();
    for (List<String> compiler : compilers(image)) {
      List<String> words = new ArrayList<>(compiler);
      words.addAll(FLAGS);
      words.addAll(List.of("-o", output.toString(), input.toString()));
      try {
        Command.Outcome outcome =
            new Command(words, Map.of(), Path.of("/")).run(Duration.ofMinutes(1));
        if (!outcome.failed() && Files.isExecutable(output)) {
          return;
        }
        refusals.add(compiler.getFirst() + ": " + outcome.lastLine());
      } catch (IOException e) {
        refusals.add(String.valueOf(e.getMessage()));
      }
    }
    throw new VmUnavailableException(
        "cannot compile the guest's test program: " + String.join("; ", refusals));
  }

  private static List<List<String>> compilers(VmImage image) {
    List<List<String>> found = new ArrayList<>();
    if (!image.compilerCommand().isEmpty()) {
      found.add(image.compilerCommand());
    }
    for (String name : List.of("gcc", "cc")) {
      List<String> words = new ArrayList<>(List.of(name));
      words.addAll(GCC_FLAGS);
      found.add(words);
    }
    return found;
  }

  private static String hash(byte[] source) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(source);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
