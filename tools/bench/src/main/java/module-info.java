/** JMH benchmarks. */
@org.jspecify.annotations.NullMarked
module io.famfs.bench {
  requires static org.jspecify;
}
