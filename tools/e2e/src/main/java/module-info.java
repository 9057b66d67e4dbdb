/// The guest harness: gets a virtual machine, boots it over given virtio-fs sockets, runs a script.
@org.jspecify.annotations.NullMarked
module io.famfs.e2e {
  requires static transitive org.jspecify;
  requires io.famfs.dax;

  exports io.famfs.e2e;
}
