package io.famfs.core.format;

/// The fields of a log header as they stand on the media, right or wrong.
///
/// @param magic [LogHeaderLayout#MAGIC] on every log
/// @param lengthBytes length of the log, header included
/// @param lastIndex the last slot that can be used
/// @param crc stored checksum
/// @param nextSeqnum sequence number of the next entry; not in the checksum
/// @param nextIndex slot of the next entry, which is the number of entries; not in the checksum
public record LogHeader(
    long magic, long lengthBytes, long lastIndex, long crc, long nextSeqnum, long nextIndex) {}
