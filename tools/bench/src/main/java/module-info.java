/** JMH benchmarks. */
@org.jspecify.annotations.NullMarked
open module io.famfs.bench {
  requires static org.jspecify;
  requires io.famfs.core;
  requires io.famfs.dax;
  requires io.famfs.fuse;
  requires io.famfs.store;
  requires java.management;
  requires jdk.management;
  requires jmh.core;
}
