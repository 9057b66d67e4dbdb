/** The command line. */
@org.jspecify.annotations.NullMarked
module io.famfs.cli {
  requires static org.jspecify;
  requires static chronicle.bytes;
  requires static chronicle.core;
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires io.famfs.bench;
  requires io.famfs.core;
  requires io.famfs.dax;
  requires io.famfs.e2e;
  requires io.famfs.fuse;
  requires io.famfs.store;
  requires org.snakeyaml.engine;

  provides java.lang.System.LoggerFinder with
      io.famfs.cli.StderrLog;

  opens io.famfs.cli to
      info.picocli;
}
