package io.famfs.os.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The numbers of system calls, from `unistd.h` of each kind of processor. In the tables: name,
/// number on x86-64, number on arm64, `-` where there is none.
final class SystemCalls {
  /// Kind of processor that there is a table for.
  enum Machine {
    X86_64(0xc000_003e, 1),
    ARM64(0xc000_00b7, 2);

    /// `AUDIT_ARCH_`: how the kernel names the convention a call was made by.
    final int audit;

    private final int column;

    Machine(int audit, int column) {
      this.audit = audit;
      this.column = column;
    }

    /// That of this process; null when there is no table for it.
    static @Nullable Machine ofThisHost() {
      return switch (System.getProperty("os.arch", "")) {
        case "amd64" -> X86_64;
        case "aarch64" -> ARM64;
        default -> null;
      };
    }
  }

  /// Numbers above this one are of calls that were not known when the tables were made (Linux
  /// 6.18).
  static final int HIGHEST = 469;

  /// What a server that has everything open and the Java machine below it go on to do: data and
  /// descriptors, files (which of them is up to Landlock and their modes), memory, waiting, sockets
  /// that are there, threads and their signals, and looking around.
  private static final String ALLOWED =
      """
      read:0:63 write:1:64 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69
      pwritev:296:70 preadv2:327:286 pwritev2:328:287 lseek:8:62 sendfile:40:71 splice:275:76
      copy_file_range:326:285 close:3:57 close_range:436:436 dup:32:23 dup2:33:- dup3:292:24
      fcntl:72:25 flock:73:32 pipe:22:- pipe2:293:59 fsync:74:82 fdatasync:75:83
      sync_file_range:277:84 fallocate:285:47 ftruncate:77:46 fadvise64:221:223
      open:2:- openat:257:56 openat2:437:437 stat:4:- fstat:5:80 lstat:6:- newfstatat:262:79
      statx:332:291 statfs:137:43 fstatfs:138:44 access:21:- faccessat:269:48 faccessat2:439:439
      readlink:89:- readlinkat:267:78 getcwd:79:17 getdents64:217:61 mkdir:83:- mkdirat:258:34
      rmdir:84:- unlink:87:- unlinkat:263:35 rename:82:- renameat:264:38 renameat2:316:276
      link:86:- linkat:265:37 chmod:90:- fchmod:91:52 fchmodat:268:53 fchmodat2:452:452
      fchown:93:55 fchownat:260:54 utimensat:280:88 umask:95:166 getxattr:191:8 lgetxattr:192:9
      fgetxattr:193:10 inotify_init1:294:26 inotify_add_watch:254:27 inotify_rm_watch:255:28
      mmap:9:222 munmap:11:215 mprotect:10:226 mremap:25:216 msync:26:227 madvise:28:233
      mincore:27:232 brk:12:214 mlock:149:228 munlock:150:229 memfd_create:319:279
      get_mempolicy:239:236 membarrier:324:283
      poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create1:291:20 epoll_ctl:233:21
      epoll_wait:232:- epoll_pwait:281:22 epoll_pwait2:441:441 eventfd2:290:19
      timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87 nanosleep:35:101
      clock_nanosleep:230:115 pause:34:- restart_syscall:219:128
      bind:49:200 listen:50:201 accept:43:202 accept4:288:242 connect:42:203 shutdown:48:210
      getsockname:51:204 getpeername:52:205 getsockopt:55:209 setsockopt:54:208 sendto:44:206
      recvfrom:45:207 sendmsg:46:211 recvmsg:47:212 sendmmsg:307:269 recvmmsg:299:243
      futex:202:98 futex_waitv:449:449 futex_wake:454:454 futex_wait:455:455 futex_requeue:456:456
      set_robust_list:273:99 get_robust_list:274:100 rseq:334:293 set_tid_address:218:96
      exit:60:93 exit_group:231:94 rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139
      rt_sigpending:127:136 rt_sigsuspend:130:133 rt_sigtimedwait:128:137 sigaltstack:131:132
      sched_yield:24:124 sched_getaffinity:204:123 sched_setaffinity:203:122
      sched_getparam:143:121 sched_getscheduler:145:120 sched_get_priority_max:146:125
      sched_get_priority_min:147:126 getpriority:140:141
      gettid:186:178 getpid:39:172 getppid:110:173 getpgid:121:155 getsid:124:156 getuid:102:174
      geteuid:107:175 getgid:104:176 getegid:108:177 getresuid:118:148 getresgid:120:150
      getgroups:115:158 capget:125:90 clock_gettime:228:113 clock_getres:229:114
      gettimeofday:96:169 time:201:- times:100:153 getrusage:98:165 getrlimit:97:163
      sysinfo:99:179 uname:63:160 getrandom:318:278 getcpu:309:168 arch_prctl:158:-
      """;

  /// Allowed by their arguments, or never.
  private static final String OTHERS =
      """
      clone:56:220 tgkill:234:131 kill:62:129 socket:41:198 socketpair:53:199 ioctl:16:29
      prctl:157:167 prlimit64:302:261 umount2:166:39 clone3:435:435 capset:126:91 seccomp:317:277
      execve:59:221 execveat:322:281 fork:57:- vfork:58:- ptrace:101:117 process_vm_readv:310:270
      bpf:321:280 perf_event_open:298:241 mount:165:40 pivot_root:155:41 chroot:161:51
      setns:308:268 unshare:272:97 keyctl:250:219 init_module:175:105 reboot:169:142
      mknodat:259:33 open_by_handle_at:304:265 userfaultfd:323:282 io_uring_setup:425:425
      personality:135:92 setresuid:117:147
      """;

  private SystemCalls() {}

  /// Calls that are allowed whatever their arguments.
  static List<Integer> allowed(Machine machine) {
    return new ArrayList<>(parse(ALLOWED, machine).values());
  }

  /// The number of a call; null where the machine has none.
  static @Nullable Integer number(Machine machine, String name) {
    Integer allowed = parse(ALLOWED, machine).get(name);
    return allowed == null ? parse(OTHERS, machine).get(name) : allowed;
  }

  private static Map<String, Integer> parse(String table, Machine machine) {
    Map<String, Integer> numbers = new HashMap<>();
    for (String entry : table.strip().split("\\s+", -1)) {
      String[] fields = entry.split(":", -1);
      String number = fields[machine.column];
      if (!number.equals("-")) {
        numbers.put(fields[0], Integer.valueOf(number));
      }
    }
    return numbers;
  }
}
