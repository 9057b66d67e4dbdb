package io.famfs.e2e.cases;

import static io.famfs.e2e.cases.ToolCase.does;
import static io.famfs.e2e.cases.ToolCase.keeps;
import static io.famfs.e2e.cases.ToolCase.refuses;

import java.util.List;

/// What everybody has on the shell: files come into being as anywhere. One table for all doors.
final class OrdinaryTools {
  private static final String NO = "Operation not permitted";
  private static final String TOO_LARGE = "File too large";

  /// Takes all space that is left, wherever it is.
  static final String FILLER = "full/large";

  /// The last one leaves no space.
  static final List<ToolCase> CASES =
      List.of(
          copies(),
          archives(),
          dd(),
          redirections(),
          names(),
          refusals(),
          sizes(),
          removal(),
          python(),
          sqlite(),
          rsync(),
          fullDevice());

  private OrdinaryTools() {}

  private static ToolCase copies() {
    return ToolCase.of(
        "cp",
        does(
            """
            head -c 20000000 /dev/urandom > $T/a
            mkdir -p $T/d/e; head -c 5 $T/a > $T/d/e/b; : > $T/d/c
            cp $T/a $M/a; cp -r $T/d $M/d; cp -p $T/a $M/p
            cmp $T/a $M/a; diff -r $T/d $M/d
            """),
        keeps("a", 20_000_000),
        keeps("d/e/b", 5),
        keeps("d/c", 0),
        // From the file system, and inside it, where the kernel may ask the server to copy.
        does("cp $M/a $T/back; cmp $T/a $T/back; cp $M/a $M/again; cmp $T/a $M/again"),
        keeps("again", 20_000_000),
        does("test $(stat -c %Y $T/a) = $(stat -c %Y $M/p)"),
        does("cp --sparse=always $M/a $M/sparse; cmp $T/a $M/sparse; cp -a $T/d $M/archive"),
        keeps("sparse", 20_000_000),
        does(
            "head -c 100000 $T/a > $T/m; cp $T/m $T/n; mv $T/m $M/m; cmp $T/n $M/m; test ! -e $T/m"),
        keeps("m", 100_000),
        refuses(NO, "cp $T/n $M/d/e/b"));
  }

  private static ToolCase archives() {
    return ToolCase.of(
        "tar",
        does(
            """
            mkdir -p $T/t/x/y; seq 100000 > $T/t/x/seq; echo hi > $T/t/x/y/hi; chmod 750 $T/t/x/y
            tar cf $T/t.tar -C $T t; tar xf $T/t.tar -C $M; diff -r $T/t $M/t
            test $(stat -c %a $M/t/x/y) = 750
            tar cf $M/in.tar -C $T t; tar tf $M/in.tar | grep -q t/x/y/hi
            install -m 640 $T/t/x/seq $M/installed; cmp $T/t/x/seq $M/installed
            test $(stat -c %a $M/installed) = 640
            split -b 200000 $T/t/x/seq $M/part; cat $M/part* | cmp - $T/t/x/seq
            """),
        keeps("t/x/seq", 588_895),
        keeps("t/x/y/hi", 3),
        keeps("partaa", 200_000),
        new ToolCase.Keeps("installed", 588_895, 0640));
  }

  private static ToolCase dd() {
    return ToolCase.of(
        "dd",
        does(
            """
            head -c 3000000 /dev/urandom > $T/a
            dd if=$T/a of=$M/plain bs=64k status=none; cmp $T/a $M/plain
            dd if=$T/a of=$M/direct bs=1M oflag=direct status=none; cmp $T/a $M/direct
            dd if=$T/a of=$M/synced bs=1M conv=fsync status=none; cmp $T/a $M/synced
            dd if=$T/a of=$M/seek bs=1000 seek=7 status=none
            cmp <(head -c 7000 /dev/zero; cat $T/a) $M/seek
            """),
        keeps("plain", 3_000_000),
        keeps("direct", 3_000_000),
        keeps("seek", 3_007_000),
        does(
            """
            dd if=$T/a of=$M/plain bs=1000 skip=5 seek=100 count=3 conv=notrunc status=none
            cp $T/a $T/changed
            dd if=$T/a of=$T/changed bs=1000 skip=5 seek=100 count=3 conv=notrunc status=none
            cmp $T/changed $M/plain
            """),
        refuses(TOO_LARGE, "dd if=$T/a of=$M/plain oflag=append conv=notrunc bs=1M status=none"),
        refuses(NO, "dd if=$T/a of=$M/plain bs=1M status=none"),
        does("cmp $T/changed $M/plain"));
  }

  private static ToolCase redirections() {
    return ToolCase.of(
        "shell",
        does(
            """
            echo one > $M/f; test "$(cat $M/f)" = one
            { echo 1; echo 2 >&2; bash -c 'echo 3'; echo 4; } > $M/g 2>> $M/h
            test "$(cat $M/g)" = $'1\\n3\\n4'
            cat > $M/here <<'END'
            some
            text
            END
            test "$(cat $M/here)" = $'some\\ntext'
            exec 3> $M/open; echo a >&3; echo b >> $M/open; echo c >&3; exec 3>&-
            test $(wc -c < $M/open) -ge 4
            seq 1000 | tee $M/tee | sort -n > $M/sorted; cmp $M/tee $M/sorted
            test $(wc -l < $M/tee) = 1000
            for i in 1 2 3 4; do seq $((i * 10000)) > $M/par$i & done; wait
            for i in 1 2 3 4; do seq $((i * 10000)) | cmp - $M/par$i; done
            """),
        keeps("f", 4),
        keeps("par4", 228_894),
        refuses(NO, "echo two > $M/f"),
        refuses(TOO_LARGE, "echo two >> $M/f"),
        does("test \"$(cat $M/f)\" = one"));
  }

  private static ToolCase names() {
    return ToolCase.of(
        "names",
        does(
            """
            mkdir -p $M/a/b/c; mkdir -p $M/a/b/c; touch $M/a/t; test -f $M/a/t; test ! -s $M/a/t
            touch -d @1000000000 $M/a/t; test $(stat -c %Y $M/a/t) = 1000000000
            chmod 4711 $M/a/t; test $(stat -c %a $M/a/t) = 4711
            chown 12:34 $M/a/t; test $(stat -c %u:%g:%a $M/a/t) = 12:34:711
            (umask 077; touch $M/private; mkdir $M/only)
            test "$(stat -c %a $M/private $M/only | tr '\\n' ' ')" = '600 700 '
            mkdir $M/team; chgrp 55 $M/team; chmod 2775 $M/team; touch $M/team/f; mkdir $M/team/d
            test $(stat -c %g $M/team/f) = 55; test $(stat -c %g:%a $M/team/d) = 55:2755
            """),
        new ToolCase.Keeps("private", 0, 0600),
        new ToolCase.Keeps("a/t", 0, 0711),
        keeps("team/f", 0));
  }

  private static ToolCase refusals() {
    return ToolCase.of(
        "refusals",
        does("mkdir -p $M/a/b/c; touch $M/a/t; sync $M/a/t"),
        refuses(NO, "rm $M/a/t"),
        refuses(NO, "mv $M/a/t $M/a/u"),
        refuses(NO, "ln $M/a/t $M/a/u"),
        refuses(NO, "ln -s $M/a/t $M/a/u"),
        refuses(NO, "rmdir $M/a/b/c"),
        refuses("Directory not empty", "rmdir $M/a"),
        refuses(NO, "mkfifo $M/pipe"),
        refuses(NO, "mknod $M/null c 1 3"),
        refuses("File exists", "mkdir $M/a"),
        refuses("File name too long", "touch $M/" + "n".repeat(80)),
        refuses("File name too long", "touch $M/" + "n".repeat(256)),
        refuses("Invalid", "touch $M/$'\\xff'"),
        refuses("No such file", "touch $M/none/x"),
        refuses("Not a directory", "touch $M/a/t/x"),
        does("test \"$(find $M/a | wc -l)\" = 4"));
  }

  private static ToolCase sizes() {
    return ToolCase.of(
        "truncate",
        does(
            """
            truncate -s 5000000 $M/t; test $(stat -c %s $M/t) = 5000000
            cmp -n 5000000 $M/t /dev/zero
            fallocate -l 3M $M/f; test $(stat -c %s $M/f) = 3145728
            exec 3<> $M/g; echo hello >&3; truncate -s 3 $M/g; truncate -s 8 $M/g
            fallocate -n -l 10M $M/g; exec 3>&-
            test "$(od -An -c $M/g | tr -d ' \\n')" = 'hel\\0\\0\\0\\0\\0'
            """),
        keeps("g", 8),
        keeps("t", 5_000_000),
        keeps("f", 3 << 20),
        refuses(NO, "truncate -s 4 $M/t"),
        does(
            """
            truncate -s 5000000 $M/t; fallocate -p -o 0 -l 4096 $M/t
            echo x | dd of=$M/t bs=1 seek=100 conv=notrunc status=none
            fallocate -p -o 0 -l 4096 $M/t; cmp -n 5000000 $M/t /dev/zero
            """));
  }

  private static ToolCase removal() {
    return ToolCase.of(
        "removal",
        does(
            """
            free=$(stat -f -c %f $M)
            exec 3> $M/f; head -c 9000000 /dev/zero >&3; test $(stat -f -c %f $M) != $free
            rm $M/f; test ! -e $M/f; exec 3>&-
            # The kernel tells of the last close behind the back of whoever closes.
            for i in $(seq 1000); do test $(stat -f -c %f $M) = $free && break; done
            test $(stat -f -c %f $M) = $free
            mkdir $M/d; exec 3> $M/d/f; rm $M/d/f; test -z "$(ls -A $M/d)"; exec 3>&-
            """));
  }

  private static ToolCase python() {
    return ToolCase.with(
        "python3",
        "python",
        does(
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
            try:
                os.open(m, os.O_TMPFILE | os.O_RDWR)
                raise SystemExit('a file without a name')
            except OSError as e:
                assert e.errno == 95, e
            with tempfile.TemporaryFile(dir=m) as f:
                f.write(b'passing' * 10000)
                f.flush()
                f.seek(69993)
                assert f.read() == b'passing'
                assert os.fstat(f.fileno()).st_nlink == 0
            assert sorted(os.listdir(m)) == ['map', 'text'], os.listdir(m)
            shutil.copyfile(m + '/text', m + '/copy')
            assert os.stat(m + '/copy').st_size == 5000
            fd = os.open(m + '/sparse', os.O_CREAT | os.O_RDWR, 0o644)
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
            """),
        keeps("text", 5000),
        keeps("map", 100_000),
        keeps("sparse", 10_003));
  }

  private static ToolCase sqlite() {
    return ToolCase.with(
        "sqlite3",
        "sqlite",
        does(
            """
            sqlite3 $T/db 'create table t(a, b); create index i on t(a);
              insert into t select value, value * value from generate_series(1, 5000)'
            cp $T/db $M/db
            answer=$(sqlite3 -readonly $M/db \\
              'select sum(b), count(*) from t where a > 10; pragma integrity_check')
            test "$answer" = $'41679167115|4990\\nok'
            answer=$(sqlite3 -readonly $M/db 'pragma mmap_size=100000000; select max(b) from t')
            test "${answer##*$'\\n'}" = 25000000
            """));
  }

  private static ToolCase rsync() {
    return ToolCase.with(
        "rsync",
        "rsync",
        does(
            """
            mkdir -p $T/r/s; head -c 3000000 /dev/urandom > $T/r/a; echo b > $T/r/s/b
            rsync -a --inplace $T/r/ $M/r/; diff -r $T/r $M/r
            test -z "$(rsync -a --inplace --itemize-changes $T/r/ $M/r/ | grep '^>')"
            printf X | dd of=$T/r/a bs=1 seek=1500000 conv=notrunc status=none
            rsync -a --inplace --no-whole-file --checksum $T/r/ $M/r/; cmp $T/r/a $M/r/a
            """),
        keeps("r/a", 3_000_000),
        keeps("r/s/b", 2));
  }

  private static ToolCase fullDevice() {
    return ToolCase.of(
        "full",
        does("stat -f -c '%f %S' $M > $T/free"),
        refuses(
            "No space left on device", "dd if=/dev/zero of=$M/large bs=1M count=2000 status=none"),
        does(
            """
            read -r blocks bytes < $T/free
            test $(stat -c %s $M/large) -gt $((blocks * bytes / 2)); test $(stat -f -c %f $M) = 0
            """),
        refuses("No space left on device", "cp $M/large $M/other"));
  }
}
