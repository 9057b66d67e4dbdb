/** JMH benchmarks, and the load client of the command line. */
@org.jspecify.annotations.NullMarked
open module io.famfs.bench {
  requires static jmh.core;
  requires static transitive org.jspecify;
  requires transitive HdrHistogram;
  requires io.famfs.core;
  requires transitive io.famfs.dax;
  requires io.famfs.fuse;
  requires io.famfs.store;
  requires java.management;
  requires jdk.management;

  exports io.famfs.bench.load;
}
