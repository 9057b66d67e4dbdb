package io.famfs.store;

import io.famfs.core.format.MediaFault.Rule;
import java.util.Locale;

/// What a broken rule means for the users of a volume.
public enum Severity {
  /// The volume cannot be opened.
  UNREADABLE,
  /// The volume can be opened; a file or directory is missing from it.
  LEFT_OUT,
  /// Files can be read, but a store to one changes another.
  SHARED,
  /// Nobody sees a difference.
  COSMETIC;

  /// The severity of a broken rule.
  public static Severity of(Rule rule) {
    return switch (rule) {
      case DEVICE_TOO_SMALL,
          DEVICE_UNREADABLE,
          NOT_PRIMARY,
          SUPERBLOCK_MAGIC,
          SUPERBLOCK_VERSION,
          SUPERBLOCK_CRC,
          ALLOC_UNIT,
          OMF_VERSION,
          LOG_OFFSET,
          LOG_LENGTH,
          DEVICE_SIZE,
          LOG_MAGIC,
          LOG_CRC,
          LOG_HEADER_LENGTH,
          LOG_LAST_INDEX,
          LOG_NEXT_INDEX ->
          UNREADABLE;
      case LOG_NEXT_SEQNUM, LOG_TAIL -> COSMETIC;
      case CROSS_LINK -> SHARED;
      default -> LEFT_OUT;
    };
  }

  /// The name in messages and JSON: lower case with hyphens.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
