/// The FUSE server and its doors.
@org.jspecify.annotations.NullMarked
module io.famfs.fuse {
  requires HdrHistogram;
  requires java.management;
  requires jdk.jfr;
  requires jdk.net;
  requires static transitive org.jspecify;
  requires transitive io.famfs.core;
  requires transitive io.famfs.dax;
  requires transitive io.famfs.store;

  exports io.famfs.doors;
  exports io.famfs.fuse.device;
  exports io.famfs.fuse.famfs;
  exports io.famfs.fuse.fmap;
  exports io.famfs.fuse.metrics;
  exports io.famfs.fuse.protocol;
  exports io.famfs.fuse.server;
  exports io.famfs.fuse.window;
  exports io.famfs.virtio;
  exports io.famfs.virtiofs;
}
