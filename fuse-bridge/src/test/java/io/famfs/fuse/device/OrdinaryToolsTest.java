package io.famfs.fuse.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import io.famfs.core.DaxDevice;
import io.famfs.dax.DaxDevices;
import io.famfs.fuse.famfs.FamfsFileSystem;
import io.famfs.fuse.famfs.FamfsOptions;
import io.famfs.fuse.server.FuseServer;
import io.famfs.store.FormatOptions;
import io.famfs.store.OpenOptions;
import io.famfs.store.Volume;
import io.famfs.store.namespace.FileInode;
import io.famfs.store.namespace.Inode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What everybody has on the shell, on a mount: files come into being as anywhere.
@Timeout(120)
class OrdinaryToolsTest {
  private static final UUID HOST = new UUID(3, 4);
  private static final long DEVICE_BYTES = 256 * ByteSize.MIB;

  @TempDir Path place;
  private Path mounted;
  private Path outside;
  private DaxDevice device;
  private Volume volume;
  private FuseMount mount;

  @BeforeEach
  void mount() throws IOException {
    Mountable.assume(place);
    outside = Mountable.directory(place, "outside");
    mounted = Mountable.directory(place, "mounted");
    device = DaxDevices.memfd("tools", DEVICE_BYTES);
    volume = Volume.format(List.of(device), FormatOptions.ownedBy(HOST));
    mount =
        FuseMount.mount(
            MountOptions.at(mounted, "tools"),
            new FuseServer(new FamfsFileSystem(volume, FamfsOptions.standard())));
  }

  @AfterEach
  void unmount() {
    if (mount != null) {
      mount.close();
      volume.close();
      device.close();
    }
  }

  private record Ran(int status, String output) {}

  private Ran ran(String script) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", "set -eo pipefail\n" + script);
    builder.environment().put("M", mounted.toString());
    builder.environment().put("T", outside.toString());
    builder.environment().put("LC_ALL", "C");
    Process shell = builder.redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(shell.waitFor(60, TimeUnit.SECONDS));
    return new Ran(shell.exitValue(), output);
  }

  /// Runs a script, with the mount as `$M` and a directory elsewhere as `$T`.
  private String sh(String script) throws Exception {
    Ran ran = ran(script);
    assertEquals(0, ran.status, () -> script + "\n" + ran.output);
    return ran.output;
  }

  private void fails(String reason, String script) throws Exception {
    Ran ran = ran(script);
    assertFalse(ran.status == 0, script);
    assertTrue(ran.output.contains(reason), () -> script + "\n" + ran.output);
  }

  /// The file when it is in the log, which a kernel asks for behind the back of close(2).
  private FileInode committed(String path) {
    Inode inode = volume.namespace().find(path);
    assertNotNull(inode, path);
    FileInode file = (FileInode) inode;
    while (!file.isCommitted()) {
      Thread.onSpinWait();
    }
    return file;
  }

  @Test
  void cpMakesFilesOfOneExtent() throws Exception {
    sh(
        "head -c 20000000 /dev/urandom > $T/a; mkdir $T/d $T/d/e; head -c 5 $T/a > $T/d/e/b; : > $T/d/c");
    sh("cp $T/a $M/a; cp -r $T/d $M/d; cp -p $T/a $M/p; cmp $T/a $M/a; diff -r $T/d $M/d");
    assertEquals(20_000_000, committed("a").sizeBytes());
    assertEquals(1, committed("a").extents().rangeCount());
    assertEquals(20 * ByteSize.MIB, committed("a").extents().allocatedBytes());
    assertEquals(5, committed("d/e/b").sizeBytes());
    assertEquals(0, committed("d/c").sizeBytes());
    // From the mount, and inside it, where the kernel may ask the server to copy.
    sh("cp $M/a $T/back; cmp $T/a $T/back; cp $M/a $M/again; cmp $T/a $M/again");
    assertEquals(1, committed("again").extents().rangeCount());
    sh("test $(stat -c %Y $T/a) = $(stat -c %Y $M/p)");
  }

  @Test
  void tarAndInstallMakeTrees() throws Exception {
    sh("mkdir -p $T/t/x/y; seq 100000 > $T/t/x/seq; echo hi > $T/t/x/y/hi; chmod 750 $T/t/x/y");
    sh("tar cf $T/t.tar -C $T t; tar xf $T/t.tar -C $M; diff -r $T/t $M/t");
    assertEquals("750\n", sh("stat -c %a $M/t/x/y"));
    sh("tar cf $M/in.tar -C $T t; tar tf $M/in.tar | grep -q t/x/y/hi");
    sh("install -m 640 $T/t/x/seq $M/installed; cmp $T/t/x/seq $M/installed");
    assertEquals("640\n", sh("stat -c %a $M/installed"));
    assertEquals(0640, committed("installed").mode());
  }

  @Test
  void ddWritesAsItIsTold() throws Exception {
    sh("head -c 3000000 /dev/urandom > $T/a");
    sh("dd if=$T/a of=$M/plain bs=64k status=none; cmp $T/a $M/plain");
    sh("dd if=$T/a of=$M/direct bs=1M oflag=direct status=none; cmp $T/a $M/direct");
    sh("dd if=$T/a of=$M/synced bs=1M conv=fsync status=none; cmp $T/a $M/synced");
    sh(
        "dd if=$T/a of=$M/seek bs=1000 seek=7 status=none; cmp <(head -c 7000 /dev/zero; cat $T/a) $M/seek");
    committed("plain");
    sh("dd if=$T/a of=$M/plain bs=1000 skip=5 seek=100 count=3 conv=notrunc status=none");
    sh(
        "dd if=$T/a of=$T/a bs=1000 skip=5 seek=100 count=3 conv=notrunc status=none; cmp $T/a $M/plain");
    fails("File too large", "dd if=$T/a of=$M/plain oflag=append conv=notrunc bs=1M status=none");
    fails("Operation not permitted", "dd if=$T/a of=$M/plain bs=1M status=none");
    sh("cmp $T/a $M/plain");
  }

  @Test
  void theShellRedirects() throws Exception {
    sh("echo one > $M/f; test \"$(cat $M/f)\" = one");
    sh(
        "{ echo 1; echo 2 >&2; sh -c 'echo 3'; echo 4; } > $M/g 2>> $M/h; test \"$(cat $M/g)\" = $'1\\n3\\n4'");
    sh("cat > $M/here <<'END'\nsome\ntext\nEND\ntest \"$(cat $M/here)\" = $'some\\ntext'");
    sh(
        "exec 3> $M/open; echo a >&3; echo b >> $M/open; echo c >&3; exec 3>&-; test $(wc -c < $M/open) -ge 4");
    sh(
        "seq 1000 | tee $M/tee | sort -n > $M/sorted; cmp $M/tee $M/sorted; wc -l < $M/tee | grep -q 1000");
    sh(
        "for i in 1 2 3 4; do seq $((i * 10000)) > $M/par$i & done; wait; for i in 1 2 3 4; do seq $((i * 10000)) | cmp - $M/par$i; done");
    assertEquals(4, committed("f").sizeBytes());
    fails("Operation not permitted", "echo two > $M/f");
    fails("File too large", "echo two >> $M/f");
    sh("test \"$(cat $M/f)\" = one");
  }

  @Test
  void namesAreMadeAndRefusedAsAnywhere() throws Exception {
    sh("mkdir -p $M/a/b/c; mkdir -p $M/a/b/c; touch $M/a/t; test -f $M/a/t; test ! -s $M/a/t");
    sh(
        "touch -d @1000000000 $M/a/t; test $(stat -c %Y $M/a/t) = 1000000000; chmod 4711 $M/a/t; test $(stat -c %a $M/a/t) = 4711");
    sh("chown 12:34 $M/a/t; test $(stat -c %u:%g:%a $M/a/t) = 12:34:711");
    sh(
        "umask 077; touch $M/private; mkdir $M/only; test $(stat -c %a $M/private $M/only | tr '\\n' ' ' | tr -d ' ') = 600700");
    sh(
        "mkdir $M/team; chgrp 55 $M/team; chmod 2775 $M/team; touch $M/team/f; mkdir $M/team/d; test $(stat -c %g $M/team/f) = 55; test $(stat -c %g:%a $M/team/d | cut -c1-4) = 55:2");
    committed("a/t");
    fails("Operation not permitted", "rm $M/a/t");
    fails("Operation not permitted", "mv $M/a/t $M/a/u");
    fails("Operation not permitted", "ln $M/a/t $M/a/u");
    fails("Operation not permitted", "ln -s $M/a/t $M/a/u");
    fails("Operation not permitted", "rmdir $M/a/b/c");
    fails("Directory not empty", "rmdir $M/a");
    fails("Operation not permitted", "mkfifo $M/pipe");
    fails("Operation not permitted", "mknod $M/null c 1 3");
    fails("File exists", "mkdir $M/a");
    fails("File name too long", "touch $M/" + "n".repeat(80));
    fails("File name too long", "touch $M/" + "n".repeat(256));
    fails("Invalid", "touch $M/$'\\xff'");
    fails("No such file", "touch $M/none/x");
    fails("Not a directory", "touch $M/a/t/x");
  }

  @Test
  void sizesAreSetWhileAFileIsNew() throws Exception {
    sh(
        "truncate -s 5000000 $M/t; test $(stat -c %s $M/t) = 5000000; cmp -n 5000000 $M/t /dev/zero");
    sh("fallocate -l 3M $M/f; test $(stat -c %s $M/f) = 3145728");
    sh(
        "exec 3<> $M/g; echo hello >&3; truncate -s 3 $M/g; truncate -s 8 $M/g; fallocate -n -l 10M $M/g; exec 3>&-; test \"$(od -An -c $M/g | tr -d ' \\n')\" = 'hel\\0\\0\\0\\0\\0'");
    assertEquals(8, committed("g").sizeBytes());
    committed("t");
    fails("Operation not permitted", "truncate -s 4 $M/t");
    sh("truncate -s 5000000 $M/t; fallocate -p -o 0 -l 4096 $M/t");
  }

  @Test
  void aFileThatIsBeingWrittenCanBeRemoved() throws Exception {
    long free = volume.usage().freeBytes();
    sh("exec 3> $M/f; head -c 9000000 /dev/zero >&3; rm $M/f; test ! -e $M/f; exec 3>&-");
    assertEquals(free, volume.usage().freeBytes());
    sh("mkdir $M/d; exec 3> $M/d/f; rm $M/d/f; test -z \"$(ls -A $M/d)\"; exec 3>&-");
  }

  @Test
  void aFullDeviceSaysSo() throws Exception {
    fails("No space left on device", "head -c 300M /dev/zero > $M/large");
    FileInode large = committed("large");
    assertTrue(large.sizeBytes() > DEVICE_BYTES / 2, () -> "" + large.sizeBytes());
    fails("No space left on device", "cp $M/large $M/other");
  }

  @Test
  void pythonWritesFiles() throws Exception {
    Assumptions.assumeTrue(ran("python3 -c 1").status == 0, "SKIPPED: no python3");
    sh(
        """
        python3 - <<'END'
        import os, shutil, mmap, tempfile
        m = os.environ['M']
        with open(m + '/text', 'x') as f:
            f.write('line\\n' * 1000)
            f.seek(0)
            f.write('LINE')
        assert open(m + '/text').read(9) == 'LINE\\nline'
        with open(m + '/map', 'w+b') as f:
            f.truncate(100000)
            with mmap.mmap(f.fileno(), 100000) as mapped:
                mapped[99990:] = b'0123456789'
                mapped.flush()
            f.seek(99990)
            assert f.read() == b'0123456789'
        with tempfile.TemporaryFile(dir=m) as f:
            f.write(b'passing' * 10000)
            f.flush()
            f.seek(69993)
            assert f.read() == b'passing'
            assert os.fstat(f.fileno()).st_nlink == 0
        assert sorted(os.listdir(m)) == ['map', 'text'], os.listdir(m)
        shutil.copyfile(m + '/text', m + '/copy')
        assert os.stat(m + '/copy').st_size == 5000
        fd = os.open(m + '/sparse', os.O_CREAT | os.O_RDWR)
        os.pwrite(fd, b'end', 10000)
        assert os.lseek(fd, 0, os.SEEK_DATA) == 0
        assert os.lseek(fd, 0, os.SEEK_HOLE) == 10003
        os.fsync(fd)
        try:
            os.pwrite(fd, b'x', 10003)
            raise SystemExit('grew')
        except OSError as e:
            assert e.errno == 27, e
        os.close(fd)
        END
        """);
    assertEquals(5000, committed("text").sizeBytes());
    assertEquals(100_000, committed("map").sizeBytes());
  }

  @Test
  void javaWritesFiles() throws Exception {
    Path file = mounted.resolve("java");
    Files.writeString(file, "text");
    assertEquals("text", Files.readString(file));
    Files.createDirectories(mounted.resolve("a/b"));
    Files.copy(file, mounted.resolve("a/b/copy"));
    assertEquals(4, Files.size(mounted.resolve("a/b/copy")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(0640, committed("java").mode());
    try (FileChannel channel =
        FileChannel.open(
            mounted.resolve("channel"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ)) {
      channel.write(ByteBuffer.wrap(new byte[100]), 1 << 20);
      channel.truncate(1000);
      assertEquals(1000, channel.size());
      channel.force(true);
    }
    try (Volume other = Volume.open(List.of(device), OpenOptions.forHost(new UUID(8, 8)))) {
      Inode inLog = other.namespace().find("channel");
      assertNotNull(inLog);
      assertEquals(1000, inLog.sizeBytes());
    }
  }

  @Test
  void sqliteReadsADatabase() throws Exception {
    Assumptions.assumeTrue(ran("sqlite3 --version").status == 0, "SKIPPED: no sqlite3");
    sh(
        "sqlite3 $T/db 'create table t(a, b); create index i on t(a); insert into t select value, value * value from generate_series(1, 5000)'");
    sh(
        "cp $T/db $M/db; test \"$(sqlite3 -readonly $M/db 'select sum(b), count(*) from t where a > 10; pragma integrity_check')\" = $'41679167115|4990\\nok'");
  }

  @Test
  void rsyncInPlace() throws Exception {
    Assumptions.assumeTrue(ran("rsync --version").status == 0, "SKIPPED: no rsync");
    sh("mkdir -p $T/r/s; head -c 3000000 /dev/urandom > $T/r/a; echo b > $T/r/s/b");
    sh(
        "rsync -a --inplace $T/r/ $M/r/; diff -r $T/r $M/r; rsync -a --inplace --itemize-changes $T/r/ $M/r/ | grep -c '^>' || true");
  }

  @Test
  void whatIsOpenWhenTheMountEndsIsInTheLog() throws Exception {
    sh("echo closed > $M/closed");
    mount.close();
    volume.close();
    try (Volume other = Volume.open(List.of(device), OpenOptions.forHost(new UUID(8, 8)))) {
      Inode closed = other.namespace().find("closed");
      assertNotNull(closed);
      assertEquals(7, closed.sizeBytes());
    }
  }
}
