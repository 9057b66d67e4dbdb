package io.famfs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitFlag.Decision;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InitFlagTest {
  /// `FUSE_...` of `include/uapi/linux/fuse.h` 7.45, by their bits from 0; `-` is not given out.
  private static final String LINUX =
      """
      ASYNC_READ POSIX_LOCKS FILE_OPS ATOMIC_O_TRUNC EXPORT_SUPPORT BIG_WRITES DONT_MASK
      SPLICE_WRITE SPLICE_MOVE SPLICE_READ FLOCK_LOCKS HAS_IOCTL_DIR AUTO_INVAL_DATA
      DO_READDIRPLUS READDIRPLUS_AUTO ASYNC_DIO WRITEBACK_CACHE NO_OPEN_SUPPORT PARALLEL_DIROPS
      HANDLE_KILLPRIV POSIX_ACL ABORT_ERROR MAX_PAGES CACHE_SYMLINKS NO_OPENDIR_SUPPORT
      EXPLICIT_INVAL_DATA MAP_ALIGNMENT SUBMOUNTS HANDLE_KILLPRIV_V2 SETXATTR_EXT INIT_EXT -
      SECURITY_CTX HAS_INODE_DAX CREATE_SUPP_GROUP HAS_EXPIRE_ONLY DIRECT_IO_ALLOW_MMAP
      PASSTHROUGH NO_EXPORT_SUPPORT HAS_RESEND ALLOW_IDMAP OVER_IO_URING REQUEST_TIMEOUT
      """;

  @Test
  void everyFlagOfTheProtocolHasADecision() {
    List<String> rows = new ArrayList<>();
    for (InitFlag flag : InitFlag.values()) {
      while (rows.size() < flag.bit()) {
        rows.add("-");
      }
      rows.add(flag.name());
      assertFalse(flag.reason().isBlank());
    }
    assertEquals(List.of(LINUX.strip().split("\\s+", -1)), rows);
  }

  @Test
  void everyDecisionIsKeptForEverySetOfConditions() {
    List<Decision> conditions =
        List.of(Decision.WITH_WINDOW, Decision.WITH_TIMEOUT, Decision.WITH_ARCHITECTURE);
    for (int set = 0; set < 1 << conditions.size(); set++) {
      Set<Decision> hold = EnumSet.noneOf(Decision.class);
      for (int i = 0; i < conditions.size(); i++) {
        if ((set >> i & 1) != 0) {
          hold.add(conditions.get(i));
        }
      }
      for (InitFlag flag : InitFlag.values()) {
        boolean expected = flag.decision() == Decision.ACCEPT || hold.contains(flag.decision());
        assertEquals(
            expected ? flag.mask() : 0, InitFlag.accept(flag.mask(), hold), flag + " " + hold);
      }
      for (int bit = 43; bit < 64; bit++) {
        assertEquals(0, InitFlag.accept(1L << bit, hold), "bit " + bit);
      }
      assertEquals(0, InitFlag.accept(1L << 31, hold));
    }
  }
}
