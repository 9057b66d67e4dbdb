package io.famfs.fuse.server;

/// What went to and from one file since the server began to count it.
///
/// @param nodeid the file; 0 for all files that lost their place to busier ones
/// @param readBytes copied out by READ
/// @param writtenBytes copied in by WRITE
/// @param mappedBytes mapped into windows
/// @param requests READ, WRITE and SETUPMAPPING requests that moved or mapped something
public record FileTraffic(
    long nodeid, long readBytes, long writtenBytes, long mappedBytes, long requests) {

  FileTraffic plus(FileTraffic other) {
    return new FileTraffic(
        nodeid,
        readBytes + other.readBytes,
        writtenBytes + other.writtenBytes,
        mappedBytes + other.mappedBytes,
        requests + other.requests);
  }

  /// The same counts for the common sum.
  FileTraffic asOthers() {
    return new FileTraffic(0, readBytes, writtenBytes, mappedBytes, requests);
  }

  /// Copied and mapped bytes together.
  public long bytes() {
    return readBytes + writtenBytes + mappedBytes;
  }
}
