package io.famfs.dax;

/// Whether all users of a device see the same memory without help.
public enum Coherence {
  /// What is safe for the kind of device: [#FLUSH] for devdax, whose memory other hosts may share,
  /// [#COHERENT] for everything else.
  AUTO,

  /// All users are one coherent machine: processors of this host and the guests on it. Nothing is
  /// written back or dropped; on devdax nothing is made durable either.
  COHERENT,

  /// Other hosts, or what is behind another bus, use the memory as well: what was stored is written
  /// back line by line, what will be read is dropped first.
  ///
  /// On a file this has a price: were the file cut while lines of the cut part are being moved, the
  /// process would end. Every range is looked at immediately before, which leaves a window of some
  /// microseconds. Choose it only for files that nobody cuts.
  FLUSH
}
