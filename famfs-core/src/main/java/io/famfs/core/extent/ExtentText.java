package io.famfs.core.extent;

import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// An [ExtentList] as text, the value of the extended attribute [#ATTRIBUTE]. Lines that end in LF,
/// fields with one space between them, decimal numbers without sign or leading zeros:
///
/// ```
/// famfs-extents 1
/// size 11534353
/// interleaved 2097152
/// device 0 d99e127a-5f0c-4c9b-9d5d-3f7f1f0c1a2b
/// range 0 20971520 4194304
/// range 0 31457280 4194304
/// ```
///
/// | line | fields | how often |
/// |---|---|---|
/// | `famfs-extents` | version of the format: 1 | once, first |
/// | `size` | size of the file in bytes | once |
/// | `simple`, or `interleaved` | none, or the bytes of a chunk | once |
/// | `device` | daxdev index, uuid in lower case | for every device that is used, ascending |
/// | `range` | daxdev index, first byte on the device, bytes | 1 to 16 times, in the order of the map |
///
/// A list has exactly one text. What differs in a single byte is refused: a reader that guessed
/// would map somebody else's memory.
public final class ExtentText {
  /// The extended attribute of a file that holds the text.
  public static final String ATTRIBUTE = "user.famfs.extents";

  /// Most bytes of a text; no list needs more.
  public static final int MAX_BYTES = 2048;

  private static final String FIRST_LINE = "famfs-extents 1";

  private ExtentText() {}

  /// The text of a list, in US-ASCII.
  public static String encode(ExtentList list) {
    StringBuilder text = new StringBuilder(FIRST_LINE);
    text.append("\nsize ").append(list.sizeBytes());
    switch (list.map()) {
      case Fmap.Simple _ -> text.append("\nsimple\n");
      case Fmap.Interleaved map ->
          text.append("\ninterleaved ").append(map.chunkBytes()).append('\n');
    }
    for (Map.Entry<Integer, UUID> device : list.devices().entrySet()) {
      text.append("device ").append(device.getKey()).append(' ').append(device.getValue());
      text.append('\n');
    }
    for (DeviceRange range : list.map().ranges()) {
      text.append("range ").append(range.daxdevIndex()).append(' ').append(range.offset());
      text.append(' ').append(range.lengthBytes()).append('\n');
    }
    return text.toString();
  }

  /// Reads a text, whoever it is from.
  ///
  /// @throws ParseException when it is not exactly the text of a list; its offset is that of the
  ///   line that is wrong, as far as it is one line
  public static ExtentList decode(byte[] bytes) throws ParseException {
    if (bytes.length > MAX_BYTES) {
      throw new ParseException("extents in " + bytes.length + " bytes of text", MAX_BYTES);
    }
    String text = new String(bytes, StandardCharsets.US_ASCII);
    ExtentList list = new Lines(text).list();
    if (!encode(list).equals(text)) {
      throw new ParseException("extents in another form than they are written in", 0);
    }
    return list;
  }

  /// The lines of a text, one after the other. Numbers may be written in other ways than they
  /// should; the comparison with the right text finds those.
  private static final class Lines {
    private final String text;
    private int at;
    private int start;
    private String[] fields = {};

    Lines(String text) {
      this.text = text;
    }

    ExtentList list() throws ParseException {
      next();
      if (!String.join(" ", fields).equals(FIRST_LINE)) {
        throw wrong("no list of extents of version 1");
      }
      next();
      long sizeBytes = number(field("size", 2, 1));
      next();
      boolean interleaved = fields[0].equals("interleaved");
      long chunkBytes = interleaved ? number(field("interleaved", 2, 1)) : 0;
      if (!interleaved) {
        field("simple", 1, 0);
      }
      next();
      SortedMap<Integer, UUID> devices = new TreeMap<>();
      for (; fields[0].equals("device"); next()) {
        devices.put(index(field("device", 3, 1)), uuid(fields[2]));
      }
      List<DeviceRange> ranges = new ArrayList<>();
      for (; !fields[0].isEmpty(); next()) {
        int device = index(field("range", 4, 1));
        ranges.add(new DeviceRange(device, number(fields[2]), number(fields[3])));
      }
      Fmap map = interleaved ? new Fmap.Interleaved(chunkBytes, ranges) : new Fmap.Simple(ranges);
      try {
        return new ExtentList(sizeBytes, map, devices);
      } catch (IllegalArgumentException e) {
        throw new ParseException("extents that cannot be: " + e.getMessage(), 0);
      }
    }

    /// Takes the next line apart; one empty field stands for the end of the text.
    private void next() throws ParseException {
      start = at;
      int end = text.indexOf('\n', at);
      if (end < 0 && at < text.length()) {
        throw wrong("a line without end");
      }
      fields = end < 0 ? new String[] {""} : text.substring(at, end).split(" ", -1);
      at = end < 0 ? at : end + 1;
    }

    private String field(String name, int count, int which) throws ParseException {
      if (!fields[0].equals(name) || fields.length != count) {
        throw wrong("not a line of '" + name + "' and " + (count - 1) + " fields");
      }
      return fields[which];
    }

    private int index(String digits) throws ParseException {
      long number = number(digits);
      if (number > Integer.MAX_VALUE) {
        throw wrong("device " + digits);
      }
      return (int) number;
    }

    private long number(String digits) throws ParseException {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        throw wrong("not a number: '" + digits + "'");
      }
    }

    private UUID uuid(String value) throws ParseException {
      try {
        return UUID.fromString(value);
      } catch (IllegalArgumentException e) {
        throw wrong("not a uuid: '" + value + "'");
      }
    }

    private ParseException wrong(String what) {
      return new ParseException("extents, byte " + start + ": " + what, start);
    }
  }
}
