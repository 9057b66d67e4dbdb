/** The words and the bytes of famfs: on-media format, extents, errno. */
@org.jspecify.annotations.NullMarked
module io.famfs.core {
  requires static transitive org.jspecify;

  exports io.famfs.core;
  exports io.famfs.core.extent;
  exports io.famfs.core.format;
  exports io.famfs.core.mapping;
  exports io.famfs.core.shadow;
}
