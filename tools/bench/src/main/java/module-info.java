/** JMH benchmarks. */
@org.jspecify.annotations.NullMarked
open module io.famfs.bench {
  requires static org.jspecify;
  requires io.famfs.core;
  requires io.famfs.store;
  requires jmh.core;
}
