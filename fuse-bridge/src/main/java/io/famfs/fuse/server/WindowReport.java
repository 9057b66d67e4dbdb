package io.famfs.fuse.server;

import java.util.List;

/// What a window shows now and what has become of the requests to its front-end.
///
/// @param sizeBytes size of the window
/// @param live what it shows, by window offset
/// @param maps maps the front-end has accepted
/// @param unmaps unmaps the front-end has accepted
/// @param refusals requests the front-end refused or never answered
public record WindowReport(
    long sizeBytes, List<WindowSlot> live, long maps, long unmaps, long refusals) {

  public WindowReport {
    live = List.copyOf(live);
  }

  /// Bytes that the window shows.
  public long liveBytes() {
    return live.stream().mapToLong(WindowSlot::lengthBytes).sum();
  }
}
