/** The store over DAX devices. */
@org.jspecify.annotations.NullMarked
module io.famfs.store {
  requires static transitive org.jspecify;
  requires transitive io.famfs.core;
}
