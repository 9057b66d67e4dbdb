/** The store over DAX devices. */
@org.jspecify.annotations.NullMarked
module io.famfs.store {
  requires jdk.jfr;
  requires static transitive org.jspecify;
  requires transitive io.famfs.core;

  exports io.famfs.store;
  exports io.famfs.store.archive;
  exports io.famfs.store.extent;
  exports io.famfs.store.health;
  exports io.famfs.store.mapping;
  exports io.famfs.store.namespace;
  exports io.famfs.store.repair;
}
