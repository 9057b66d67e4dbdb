package io.famfs.cli;

import io.famfs.core.ByteSize;
import io.famfs.core.Errno;
import io.famfs.core.JsonWriter;
import io.famfs.store.namespace.DirectoryInode;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.util.Locale;

/// Finding inodes for commands, and their text forms.
final class Inodes {
  private static final int PERMISSIONS = 0xfff;

  private Inodes() {}

  static Inode find(OpenVolume opened, Location location) {
    Inode inode =
        location.path().isEmpty()
            ? opened.volume().namespace().root()
            : opened.volume().namespace().find(location.path());
    if (inode == null) {
      throw new CliException(location.display() + ": " + Errno.describe(Errno.ENOENT));
    }
    return inode;
  }

  static FileInode findFile(OpenVolume opened, Location location) {
    if (find(opened, location) instanceof FileInode file) {
      return file;
    }
    throw new CliException(location.display() + ": is a directory, a file is wanted");
  }

  /// As `ls -l` shows it.
  ///
  /// @param human whether the size is rounded
  static String longLine(Inode inode, String name, boolean human) {
    long size = inode instanceof FileInode ? inode.sizeBytes() : 0;
    return String.format(
        Locale.ROOT,
        "%s %10s %10s %14s %s",
        modeText(inode),
        Integer.toUnsignedString(inode.uid()),
        Integer.toUnsignedString(inode.gid()),
        human ? ByteSize.human(size) : Long.toString(size),
        name);
  }

  /// A name as it can be shown: bytes that would steer a terminal become question marks.
  static String printable(String name) {
    return name.chars().anyMatch(Character::isISOControl)
        ? name.replaceAll("\\p{Cntrl}|[\\u0080-\\u009f]", "?")
        : name;
  }

  static void write(JsonWriter json, Inode inode) {
    json.beginObject();
    writeFields(json, inode);
    json.endObject();
  }

  /// The members of [#write], into an object that is open.
  static void writeFields(JsonWriter json, Inode inode) {
    json.name("path")
        .value(inode.path())
        .name("type")
        .value(inode instanceof DirectoryInode ? "directory" : "file")
        .name("nodeid")
        .value(inode.nodeid())
        .name("mode")
        .value(octal(inode.mode()))
        .name("uid")
        .unsigned(Integer.toUnsignedLong(inode.uid()))
        .name("gid")
        .unsigned(Integer.toUnsignedLong(inode.gid()));
    if (inode instanceof FileInode) {
      json.name("size").value(inode.sizeBytes());
    }
  }

  static String octal(int mode) {
    return "0" + Integer.toOctalString(mode & PERMISSIONS);
  }

  private static String modeText(Inode inode) {
    StringBuilder text = new StringBuilder(inode instanceof DirectoryInode ? "d" : "-");
    String letters = "rwxrwxrwx";
    for (int i = 0; i < letters.length(); i++) {
      text.append((inode.mode() >> (letters.length() - 1 - i) & 1) != 0 ? letters.charAt(i) : '-');
    }
    special(text, inode.mode() >> 11 & 1, 3, 's', 'S');
    special(text, inode.mode() >> 10 & 1, 6, 's', 'S');
    special(text, inode.mode() >> 9 & 1, 9, 't', 'T');
    return text.toString();
  }

  private static void special(StringBuilder text, int bit, int at, char executable, char plain) {
    if (bit != 0) {
      text.setCharAt(at, text.charAt(at) == 'x' ? executable : plain);
    }
  }
}
