package io.famfs.e2e.cases;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.ByteSize;
import org.junit.jupiter.api.Test;

/// The ways a guest can have it without asking for the window, and what it cannot have at all.
class ModesIT extends GuestCase {
  private static final long WINDOW_BYTES = 64 * ByteSize.MIB;

  /// Reads and stores; for a mount whose data go through requests.
  private static final String COPY =
      """
      copied() {
        F=/mnt/scratch.bin
        gtest dax $F && no 'dax without asking'
        summed
        gtest fill $F 0 4m $1 mmap && host holds scratch.bin 0 4194304 $1 || no 'fill mmap'
        gtest fill $F 4m 4m $2 write && host holds scratch.bin 4194304 4194304 $2 || no 'fill write'
        gtest fill $F 8m 4m $3 direct && host holds scratch.bin 8388608 4194304 $3 || no 'fill direct'
        for how in mmap read direct; do gtest check $F 4m 4m $2 $how || no "check $how"; done
        host store scratch.bin 4096 99aa
        dd if=$F bs=8 skip=512 count=1 of=/tmp/word 2> /dev/null || no dd
        host sum scratch.bin 4096 8 $(sha256sum < /tmp/word | cut -c -64) \\
          || no 'read(2) misses a store of the host'
        gtest poke $F 12288 55 msync && host load scratch.bin 12288 55 || no msync
        gtest past $F || no 'no SIGBUS behind the end'
        host some READ WRITE FSYNC || no 'no data were copied'
        host never SETUPMAPPING || no 'mapped without asking'
      }
      """;

  @Test
  void withoutAWindowDataAreCopiedByOneQueueAndByTwo() throws Exception {
    Door one = volume.door("one", 1, 0);
    Door two = volume.door("two", 2, 0);
    String script =
        COPY
            + """
            mount -t virtiofs -o dax one /mnt 2> /dev/null && no 'dax without a window'
            mount -t virtiofs one /mnt || no 'mount one'
            listed
            copied 1 2 3
            host unchanged && host sound || no one
            umount /mnt
            host two
            mount -t virtiofs two /mnt || no 'mount two'
            copied 4 5 6
            jobs=
            for i in 1 2 3 4; do (summed) & jobs="$jobs $!"; done
            for cpu in 1 2; do taskset $cpu gtest check /mnt/scratch.bin 4m 4m 5 direct || no $cpu; done
            for job in $jobs; do wait $job || no 'one of several at once'; done
            host queues || no 'a queue is not used'
            host unchanged && host sound || no two
            umount /mnt
            """;
    HostWords second = new HostWords(volume, two);
    HostWords words = new HostWords(volume, one);
    pass(spec("plain", script, words.then("two", second), one, two));
  }

  @Test
  void withAWindowTheServerDecidesUnlessTheGuestForbids() throws Exception {
    Door door = volume.door("data", 2, WINDOW_BYTES);
    String script =
        COPY
            + REFUSED
            + """
            mount -t virtiofs -o dax=never data /mnt || no 'mount dax=never'
            copied 1 2 3
            refused
            umount /mnt
            for options in dax=inode rw; do
              mount -t virtiofs -o $options data /mnt || no "mount $options"
              host mark
              for f in sizes/1 sizes/4097 sizes/2097153 scratch.bin; do
                gtest dax /mnt/$f || no "$f is not dax with $options"
              done
              summed
              gtest fill /mnt/scratch.bin 0 4m 4 mmap && host holds scratch.bin 0 4194304 4 \\
                || no "fill $options"
              host never READ WRITE && host some SETUPMAPPING || no "$options"
              umount /mnt
            done
            mount -t virtiofs -o dax data /mnt || no 'mount dax=always'
            refused
            listed
            umount /mnt
            host sound || no 'the server complained'
            """;
    pass(spec("modes", script, new HostWords(volume, door), door));
    assertTrue(volume.isUnchanged());
  }

  /// What the file system cannot do fails with an errno that says so, and changes nothing.
  private static final String REFUSED =
      """
      # TEXT COMMAND...: the command fails and says so
      fails() {
        text=$1; shift
        "$@" > /tmp/error 2>&1 && no "$* succeeded"
        grep -q "$text" /tmp/error || no "$*: $(cat /tmp/error)"
      }
      opcode() {
        answer=$(gtest opcode /mnt/scratch.bin $1)
        case " $2 " in *" ${answer#$1 } "*) ;; *) no "opcode $answer";; esac
      }
      refused() {
        cd /mnt/sizes || no cd
        fails 'Operation not permitted' mknod new p
        fails 'Operation not permitted' rm -f 4096
        fails 'No such file' rmdir ../many/'directory number 511'
        fails 'Operation not permitted' rmdir ../many/'directory number 7'
        fails 'Operation not permitted' mv 4096 new
        fails 'Operation not permitted' ln 4096 new
        fails 'Operation not permitted' ln -s 4096 new
        fails 'Operation not permitted' truncate -s 5000 4096
        fails 'Operation not permitted' truncate -s 100 4096
        fails 'Operation not permitted' sh -c ': > 4096'
        fails 'File too large' sh -c 'echo more >> 4096'
        fails 'supported\\|not found' setfattr -n user.a -v b 4096
        truncate -s 4096 4096 || no 'no change is no error'
        chmod 600 4096 && chown 5:5 4096 && [ "$(stat -c %a:%u 4096)" = 600:5 ] || no attributes
        chown 0:0 4096 && chmod 644 4096 || no 'attributes back'
        touch -d '2001-02-03 04:05:06' 4096 && [ $(stat -c %Y 4096) = 981173106 ] || no touch
        opcode ioctl 'ENOTTY ENOSYS'
        opcode fallocate OK
        opcode punch OK
        opcode truncate EPERM
        opcode seek_data OK
        opcode seek_hole OK
        opcode flock OK
        opcode statx OK
        opcode copy_file_range OK
        cd /
        host unchanged || no 'a refused request changed something'
      }
      """;
}
