/*
 * gtest: what a guest script does to files that a shell cannot do itself.
 *
 * Freestanding on purpose: no libc, no headers, own entry point, so that the smallest C compiler
 * builds it static and it runs in an initramfs that holds nothing else. Everything that depends on
 * the architecture stands between the two "machine" marks.
 *
 * Exit codes: 0 as asked, 1 the check failed, 2 bad arguments, 3 a system call failed (printed with
 * its errno), 4 a signal came instead of data (hold).
 */
typedef unsigned long u64;
typedef long s64;
typedef unsigned int u32;
typedef unsigned char u8;

/* ---- machine: x86-64 ---- */
#ifndef __x86_64__
#error "no system calls known for this architecture"
#endif
enum {
	SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 2, SYS_CLOSE = 3, SYS_FSTAT = 5, SYS_LSEEK = 8,
	SYS_MMAP = 9, SYS_MUNMAP = 11, SYS_RT_SIGACTION = 13, SYS_IOCTL = 16, SYS_PREAD = 17,
	SYS_PWRITE = 18, SYS_MSYNC = 26, SYS_NANOSLEEP = 35, SYS_FSYNC = 74, SYS_FTRUNCATE = 77,
	SYS_FCNTL = 72, SYS_FLOCK = 73, SYS_UNLINK = 87, SYS_CLOCK_GETTIME = 228, SYS_FALLOCATE = 285, SYS_COPY_FILE_RANGE = 326,
	SYS_STATX = 332
};
enum { OPEN_DIRECT = 040000 };
__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call enter\n"
	"	mov %rax, %rdi\n"
	"	mov $231, %eax\n"
	"	syscall\n"
	".globl kernel\n"
	"kernel:\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %r10\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"	syscall\n"
	"	ret\n"
	".globl leave_signal\n"
	"leave_signal:\n"
	"	mov $15, %eax\n"
	"	syscall\n");
/* ---- end of machine ---- */

s64 kernel(s64 number, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f);
void leave_signal(void);

enum { OPEN_READ = 0, OPEN_BOTH = 2, OPEN_CREATE = 0100 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 32 };
enum { PAGE = 4096, BLOCK = 1 << 20, SIGNAL_BUS = 7, SIGNAL_SEGV = 11, STATX_DAX = 0x200000 };

/* The compiler may call these two for structures. */
void *memset(void *to, int value, u64 length)
{
	u8 *p = to;
	while (length--)
		*p++ = (u8)value;
	return to;
}

void *memmove(void *to, const void *from, u64 length)
{
	u8 *t = to;
	const u8 *f = from;
	if (t < f)
		while (length--)
			*t++ = *f++;
	else
		while (length--)
			t[length] = f[length];
	return to;
}

void *memcpy(void *to, const void *from, u64 length)
{
	return memmove(to, from, length);
}

static s64 call(s64 number, s64 a, s64 b, s64 c, s64 d)
{
	return kernel(number, a, b, c, d, 0, 0);
}

/* ---- text ---- */

static char line[512];
static u64 line_length;

static void put(const char *text)
{
	while (*text && line_length < sizeof line - 1)
		line[line_length++] = *text++;
}

static void put_number(u64 value, u32 base)
{
	char digits[24];
	int n = 0;
	if (base == 16)
		put("0x");
	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n) {
		char one[2];
		one[0] = digits[--n];
		one[1] = 0;
		put(one);
	}
}

static void put_tenths(u64 tenths)
{
	put_number(tenths / 10, 10);
	put(".");
	put_number(tenths % 10, 10);
}

static void say(void)
{
	line[line_length++] = '\n';
	call(SYS_WRITE, 1, (s64)line, line_length, 0);
	line_length = 0;
}

static void finish(int code)
{
	kernel(231, code, 0, 0, 0, 0, 0);
}

static const char *error_name(s64 number)
{
	switch (number) {
	case 1: return "EPERM";
	case 2: return "ENOENT";
	case 4: return "EINTR";
	case 5: return "EIO";
	case 6: return "ENXIO";
	case 9: return "EBADF";
	case 11: return "EAGAIN";
	case 12: return "ENOMEM";
	case 13: return "EACCES";
	case 14: return "EFAULT";
	case 17: return "EEXIST";
	case 18: return "EXDEV";
	case 22: return "EINVAL";
	case 21: return "EISDIR";
	case 25: return "ENOTTY";
	case 27: return "EFBIG";
	case 28: return "ENOSPC";
	case 30: return "EROFS";
	case 38: return "ENOSYS";
	case 95: return "EOPNOTSUPP";
	case 103: return "ECONNABORTED";
	case 107: return "ENOTCONN";
	case 110: return "ETIMEDOUT";
	case 111: return "ECONNREFUSED";
	case 116: return "ESTALE";
	default: return 0;
	}
}

static void put_errno(s64 result)
{
	const char *name = error_name(-result);
	if (name) {
		put(name);
	} else {
		put("errno ");
		put_number(-result, 10);
	}
}

static void fail(const char *what, s64 result)
{
	line_length = 0;
	put(what);
	put(": ");
	put_errno(result);
	say();
	finish(3);
}

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Decimal or 0x hexadecimal, with an optional k, m or g. */
static u64 number(const char *text)
{
	u64 value = 0;
	int base = 10;
	if (text[0] == '0' && (text[1] | 32) == 'x') {
		base = 16;
		text += 2;
	}
	for (;; text++) {
		u32 digit = (u8)*text - '0';
		if (base == 16 && (*text | 32) >= 'a' && (*text | 32) <= 'f')
			digit = (*text | 32) - 'a' + 10;
		if (digit >= base)
			break;
		value = value * base + digit;
	}
	switch (*text | 32) {
	case 'g': return value << 30;
	case 'm': return value << 20;
	case 'k': return value << 10;
	default: return value;
	}
}

/* Eight hexadecimal bytes, with or without 0x. */
static u64 word(const char *text)
{
	u64 value = 0;
	if (text[0] == '0' && (text[1] | 32) == 'x')
		text += 2;
	for (; *text; text++) {
		u32 c = *text | 32;
		value = value << 4 | (c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	return value;
}

/* ---- files, memory, time ---- */

static u64 now_ns(void)
{
	u64 t[2];
	call(SYS_CLOCK_GETTIME, 1, (s64)t, 0, 0);
	return t[0] * 1000000000 + t[1];
}

static void pause_ms(u64 ms)
{
	u64 t[2];
	t[0] = ms / 1000;
	t[1] = ms % 1000 * 1000000;
	call(SYS_NANOSLEEP, (s64)t, 0, 0, 0);
}

static s64 open_file(const char *path, s64 flags)
{
	s64 fd = call(SYS_OPEN, (s64)path, flags, 0644, 0);
	if (fd < 0)
		fail(path, fd);
	return fd;
}

static u64 size_of(s64 fd)
{
	u64 stat[18];
	s64 r = call(SYS_FSTAT, fd, (s64)stat, 0, 0);
	if (r < 0)
		fail("fstat", r);
	return stat[6];
}

static s64 try_map(s64 fd, u64 offset, u64 length, s64 protection)
{
	return kernel(SYS_MMAP, 0, length, protection, MAP_SHARED, fd, offset);
}

/* Maps any byte range: the pages around it, answering the address of its first byte. */
static u8 *map(s64 fd, u64 offset, u64 length, s64 protection)
{
	u64 head = offset % PAGE;
	s64 at = try_map(fd, offset - head, length + head, protection);
	if (at < 0 && at > -PAGE)
		fail("mmap", at);
	return (u8 *)at + head;
}

static u8 *pages(u64 length)
{
	s64 at = kernel(SYS_MMAP, 0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at < 0 && at > -PAGE)
		fail("memory", at);
	return (u8 *)at;
}

static void on_signal(int signal, void (*handler)(int))
{
	u64 action[4];
	action[0] = (u64)handler;
	action[1] = 0x04000000;
	action[2] = (u64)leave_signal;
	action[3] = 0;
	call(SYS_RT_SIGACTION, signal, (s64)action, 0, 8);
}

/* ---- the pattern: word i of a file with this seed, whatever the range asked for ---- */

static u64 pattern(u64 seed, u64 index)
{
	u64 z = (seed << 32 ^ seed) + (index + 1) * 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void write_pattern(u64 *to, u64 offset, u64 length, u64 seed)
{
	u64 i;
	for (i = 0; i < length / 8; i++)
		to[i] = pattern(seed, offset / 8 + i);
}

static int wrong_pattern(const u64 *from, u64 offset, u64 length, u64 seed)
{
	u64 i;
	for (i = 0; i < length / 8; i++) {
		u64 want = pattern(seed, offset / 8 + i);
		if (from[i] == want)
			continue;
		put("MISMATCH at ");
		put_number(offset + i * 8, 16);
		put(": ");
		put_number(from[i], 16);
		put(", expected ");
		put_number(want, 16);
		say();
		return 1;
	}
	return 0;
}

static void report(const char *verb, const char *how, u64 length, u64 started_ns)
{
	u64 us = (now_ns() - started_ns) / 1000 + 1;
	put(verb);
	put(" ");
	put(how);
	put(" ");
	put_number(length, 10);
	put(" bytes ");
	put_tenths(length * 10 / us * 1000000 >> 20);
	put(" MiB/s");
	say();
}

static s64 all(s64 verb, s64 fd, u8 *buffer, u64 length, u64 offset)
{
	u64 done = 0;
	while (done < length) {
		s64 n = call(verb, fd, (s64)(buffer + done), length - done, offset + done);
		if (n < 0)
			return n;
		if (n == 0)
			break;
		done += n;
	}
	return done;
}

/* fill FILE OFF LEN SEED mmap|write|direct */
static int fill(char **a)
{
	u64 offset = number(a[1]), length = number(a[2]), seed = number(a[3]), at, started;
	int direct = same(a[4], "direct");
	s64 fd = open_file(a[0], OPEN_BOTH | OPEN_CREATE | (direct ? OPEN_DIRECT : 0)), r = 0;
	if ((offset | length) & 7)
		return 2;
	started = now_ns();
	if (same(a[4], "mmap")) {
		u8 *p;
		if (size_of(fd) < offset + length && (r = call(SYS_FTRUNCATE, fd, offset + length, 0, 0)) < 0)
			fail("ftruncate", r);
		p = map(fd, offset, length, PROT_READ | PROT_WRITE);
		write_pattern((u64 *)p, offset, length, seed);
		r = call(SYS_MSYNC, (s64)p - (s64)(offset % PAGE), length + offset % PAGE, 4, 0);
		if (r < 0)
			fail("msync", r);
	} else {
		u8 *p = pages(BLOCK);
		for (at = 0; at < length; at += BLOCK) {
			u64 n = length - at < BLOCK ? length - at : BLOCK;
			write_pattern((u64 *)p, offset + at, n, seed);
			r = all(SYS_PWRITE, fd, p, n, offset + at);
			if (r < 0)
				fail("pwrite", r);
		}
		if ((r = call(SYS_FSYNC, fd, 0, 0, 0)) < 0)
			fail("fsync", r);
	}
	report("fill", a[4], length, started);
	return 0;
}

/* check FILE OFF LEN SEED mmap|read|direct */
static int check(char **a)
{
	u64 offset = number(a[1]), length = number(a[2]), seed = number(a[3]), at, started = now_ns();
	s64 fd = open_file(a[0], OPEN_READ | (same(a[4], "direct") ? OPEN_DIRECT : 0));
	if ((offset | length) & 7)
		return 2;
	if (same(a[4], "mmap")) {
		if (wrong_pattern((u64 *)map(fd, offset, length, PROT_READ), offset, length, seed))
			return 1;
	} else {
		u8 *p = pages(BLOCK);
		for (at = 0; at < length; at += BLOCK) {
			u64 n = length - at < BLOCK ? length - at : BLOCK;
			s64 r = all(SYS_PREAD, fd, p, n, offset + at);
			if (r < 0)
				fail("pread", r);
			if ((u64)r != n) {
				put("SHORT at ");
				put_number(offset + at + r, 16);
				say();
				return 1;
			}
			if (wrong_pattern((u64 *)p, offset + at, n, seed))
				return 1;
		}
	}
	report("check", a[4], length, started);
	return 0;
}

/* poke FILE OFF HEX64 [msync] */
static int poke(char **a, int n)
{
	u64 offset = number(a[1]);
	s64 r;
	volatile u64 *p = (u64 *)map(open_file(a[0], OPEN_BOTH), offset, 8, PROT_READ | PROT_WRITE);
	*p = word(a[2]);
	if (n > 3 && (r = call(SYS_MSYNC, (s64)p - (s64)(offset % PAGE), PAGE, 4, 0)) < 0)
		fail("msync", r);
	return 0;
}

/* peek FILE OFF */
static int peek(char **a)
{
	put_number(*(volatile u64 *)map(open_file(a[0], OPEN_READ), number(a[1]), 8, PROT_READ), 16);
	say();
	return 0;
}

/* waitfor FILE OFF HEX64 SECONDS: until a load finds the word that somebody else stored */
static int waitfor(char **a)
{
	volatile u64 *p = (u64 *)map(open_file(a[0], OPEN_READ), number(a[1]), 8, PROT_READ);
	u64 want = word(a[2]), until = now_ns() + number(a[3]) * 1000000000;
	while (*p != want) {
		if (now_ns() > until) {
			put("TIMEOUT, last value ");
			put_number(*p, 16);
			say();
			return 1;
		}
		pause_ms(1);
	}
	return 0;
}

/* bw FILE LEN BLOCK mmap|read ROUNDS: bytes looked at per second; the best round counts */
static u64 sink;

static u64 sum(const u64 *p, u64 length)
{
	u64 s = 0, i;
	for (i = 0; i < length / 8; i += 8)
		s += p[i] + p[i + 1] + p[i + 2] + p[i + 3] + p[i + 4] + p[i + 5] + p[i + 6] + p[i + 7];
	return s;
}

static int bw(char **a)
{
	u64 length = number(a[1]), block = number(a[2]), rounds = number(a[4]), best = ~0ul, i, at;
	int mapped = same(a[3], "mmap");
	s64 fd = open_file(a[0], OPEN_READ), r;
	u8 *p;
	if (block < 64 || (block & 63) || length < block || !rounds)
		return 2;
	p = mapped ? map(fd, 0, length, PROT_READ) : pages(block);
	for (i = 0; i < rounds; i++) {
		u64 started = now_ns(), taken;
		for (at = 0; at + block <= length; at += block) {
			if (!mapped && (r = all(SYS_PREAD, fd, p, block, at)) != (s64)block)
				fail("pread", r < 0 ? r : -5);
			sink += sum((u64 *)(mapped ? p + at : p), block);
		}
		taken = now_ns() - started;
		if (taken < best)
			best = taken;
	}
	length -= length % block;
	put("bw ");
	put(a[3]);
	put(" ");
	put_tenths(length * 10 / (best / 1000 + 1) * 1000000 >> 20);
	put(" MiB/s");
	say();
	return 0;
}

/* visit DIR FILES LEN SEED OPENS READS mmap|read RUN: opens files DIR/0, DIR/1 and so on at random, looks at a word of READS random
   pages of each, which has to be that of the pattern of SEED; prints the microseconds it took */
static int visit(char **a)
{
	u64 files = number(a[1]), length = number(a[2]), seed = number(a[3]), opens = number(a[4]), reads = number(a[5]);
	u64 run = number(a[7]) << 32, started = now_ns(), i, j;
	int mapped = same(a[6], "mmap");
	u64 *buffer = (u64 *)pages(PAGE);
	if (!files || length < PAGE || !reads)
		return 2;
	for (i = 0; i < opens; i++) {
		char path[256], digits[20];
		u64 n = 0, d = 0, which = pattern(run, i) % files;
		const char *from;
		s64 fd, r;
		u8 *p = 0;
		for (from = a[0]; *from && n < sizeof(path) - 22; from++)
			path[n++] = *from;
		path[n++] = '/';
		do
			digits[d++] = (char)('0' + which % 10);
		while (which /= 10);
		while (d)
			path[n++] = digits[--d];
		path[n] = 0;
		fd = open_file(path, OPEN_READ);
		if (mapped)
			p = map(fd, 0, length, PROT_READ);
		for (j = 0; j < reads; j++) {
			u64 at = pattern(run + 1, i * reads + j) % (length / PAGE) * PAGE;
			if (!mapped && (r = all(SYS_PREAD, fd, (u8 *)buffer, PAGE, at)) != PAGE)
				fail("pread", r < 0 ? r : -5);
			if ((mapped ? *(u64 *)(p + at) : *buffer) != pattern(seed, at / 8)) {
				put("another word at ");
				put_number(at, 10);
				say();
				return 1;
			}
		}
		if (mapped)
			call(SYS_MUNMAP, (s64)p, (s64)length, 0, 0);
		call(SYS_CLOSE, fd, 0, 0, 0);
	}
	put_number((now_ns() - started) / 1000, 10);
	say();
	return 0;
}

/* past FILE: a store behind the last page of the file must raise SIGBUS */
static void past_signal(int signal)
{
	put("past: signal ");
	put_number(signal, 10);
	say();
	finish(signal == SIGNAL_BUS ? 0 : 1);
}

static int past(char **a)
{
	s64 fd = open_file(a[0], OPEN_BOTH);
	u64 end = (size_of(fd) + PAGE - 1) & ~(u64)(PAGE - 1);
	u8 *p = map(fd, end, PAGE, PROT_READ | PROT_WRITE);
	on_signal(SIGNAL_BUS, past_signal);
	on_signal(SIGNAL_SEGV, past_signal);
	*(volatile u8 *)p = 1;
	put("past: the store went through");
	say();
	return 1;
}

/*
 * opcode FILE copy_file_range|seek_data|seek_hole|ioctl|fallocate|punch|flock|truncate|statx: one call
 * whose request the server may not know; prints "NAME OK" or "NAME ERRNO" and exits 0.
 */
static int opcode(char **a)
{
	s64 fd = open_file(a[0], OPEN_BOTH), r;
	u64 from = 0, to = PAGE;
	u8 answer[256];
	memset(answer, 0, sizeof answer);
	if (same(a[1], "copy_file_range"))
		r = kernel(SYS_COPY_FILE_RANGE, fd, (s64)&from, fd, (s64)&to, 512, 0);
	else if (same(a[1], "seek_data"))
		r = call(SYS_LSEEK, fd, 0, 3, 0);
	else if (same(a[1], "seek_hole"))
		r = call(SYS_LSEEK, fd, 0, 4, 0);
	else if (same(a[1], "ioctl")) /* FS_IOC_GETVERSION: 8 bytes out, passed on to the server */
		r = call(SYS_IOCTL, fd, 0x80087601, (s64)answer, 0);
	else if (same(a[1], "fallocate"))
		r = call(SYS_FALLOCATE, fd, 0, 0, PAGE);
	else if (same(a[1], "punch"))
		r = call(SYS_FALLOCATE, fd, 3, 0, PAGE);
	else if (same(a[1], "flock"))
		r = call(SYS_FLOCK, fd, 2 | 4, 0, 0);
	else if (same(a[1], "truncate"))
		r = call(SYS_FTRUNCATE, fd, size_of(fd) / 2, 0, 0);
	else if (same(a[1], "statx"))
		r = kernel(SYS_STATX, fd, (s64)"", 0x1000, 0x7ff, (s64)answer, 0);
	else
		return 2;
	put(a[1]);
	put(" ");
	if (r < 0)
		put_errno(r);
	else
		put("OK");
	say();
	return 0;
}

/*
 * lock FILE posix|bsd hold|try: a lock for writing, of the first 100 bytes (fcntl) or of the file (flock).
 * hold says so and keeps it until it is killed; try exits 0 when it can be had, 1 when another has it.
 */
static int lock(char **a)
{
	struct { short type, whence; s64 start, length; int pid; } wanted = { 1, 0, 0, 100, 0 };
	s64 fd = open_file(a[0], OPEN_BOTH), r;
	if (same(a[1], "bsd"))
		r = call(SYS_FLOCK, fd, 2 | 4, 0, 0);
	else
		r = call(SYS_FCNTL, fd, 6, (s64)&wanted, 0);
	if (same(a[2], "try"))
		return r < 0;
	if (r < 0)
		fail(a[0], r);
	put("lock: held");
	say();
	for (;;)
		pause_ms(100);
}

/* dax FILE: does the kernel serve this file by DAX (statx attribute)? exit 0 yes, 1 no */
static int dax(char **a)
{
	u64 answer[32];
	s64 r = kernel(SYS_STATX, -100, (s64)a[0], 0, 0x7ff, (s64)answer, 0);
	if (r < 0)
		fail(a[0], r);
	return !(answer[1] & STATX_DAX);
}

/*
 * hold FILE OFF SECONDS: keeps the file open and mapped, reads and loads ten times a second and says
 * when that changes. Exit 0 nothing failed, 1 read(2) failed in the end, 4 a load raised a signal.
 */
static void hold_signal(int signal)
{
	put("hold: load raised signal ");
	put_number(signal, 10);
	say();
	finish(4);
}

static int hold(char **a)
{
	u64 offset = number(a[1]), until = now_ns() + number(a[2]) * 1000000000;
	s64 fd = open_file(a[0], OPEN_READ), before = 1, r = 1;
	volatile u8 *p = map(fd, offset, 1, PROT_READ);
	u8 *buffer = pages(PAGE);
	on_signal(SIGNAL_BUS, hold_signal);
	on_signal(SIGNAL_SEGV, hold_signal);
	put("hold: started");
	say();
	while (now_ns() < until) {
		r = call(SYS_PREAD, fd, (s64)buffer, 1, offset);
		if (r != before) {
			put("hold: read ");
			if (r < 0)
				put_errno(r);
			else
				put_number(r, 10);
			say();
			before = r;
		}
		sink += *p;
		pause_ms(100);
	}
	call(SYS_MUNMAP, (s64)p & ~(s64)(PAGE - 1), PAGE, 0, 0);
	r = call(SYS_CLOSE, fd, 0, 0, 0);
	put("hold: close ");
	if (r < 0)
		put_errno(r);
	else
		put("OK");
	say();
	return before < 0;
}

/* ---- random operations against a model of the file in memory ---- */

enum { LONGEST = 1 << 16, PUNCH = 3, ZERO = 16, KEEP = 1, RECENT = 16, TURN_SECONDS = 300,
       GATHER_SECONDS = 4 * 3600 /* what the others do before they come is their business */ };

struct recent {
	const char *what;
	u64 step, at, length;
};

struct model {
	const char *path;
	s64 fd, direct;   /* direct: a second descriptor with O_DIRECT, or -1 */
	u8 *good, *other; /* what the file should hold; room for one operation */
	u64 from, size;   /* the part of the file that is ours */
	u64 seed, state, step;
	u32 unsupported;  /* kinds of operations that the file system does not have */
	u8 *lasting;      /* a mapping of our part that stays until the file is closed, or 0 */
	int others;       /* somebody else does this operation: only the model changes */
	u64 began, longest; /* when the operation at hand began; the longest one so far, in ns */
	s64 turns;        /* descriptor through which turns are taken, or 0; the word is behind our part */
	struct recent recent[RECENT];
	u64 recently;
};

static void note(struct model *m, const char *what, u64 at, u64 length)
{
	struct recent *r = &m->recent[m->recently++ % RECENT];
	r->what = what;
	r->step = m->step;
	r->at = at;
	r->length = length;
}

static void put_recent(struct model *m)
{
	u64 i = m->recently < RECENT ? 0 : m->recently - RECENT;
	for (; i < m->recently; i++) {
		struct recent *r = &m->recent[i % RECENT];
		put("  ");
		put_number(r->step, 10);
		put(" ");
		put(r->what);
		put(" at ");
		put_number(m->from + r->at, 16);
		put(", ");
		put_number(r->length, 10);
		put(" bytes");
		say();
	}
}

/*
 * Tells the others, by a word in a page behind our part: page 0 says whose turn it is, all ones when
 * somebody has failed, page 1 and those behind it who has come.
 */
static void tell(struct model *m, u64 page, u64 value)
{
	u64 *word = (u64 *)m->other;
	*word = value;
	if (call(SYS_PWRITE, m->turns, (s64)word, PAGE, m->from + m->size + page * PAGE) != PAGE)
		finish(1);
}

/* An operation begins, or the last one has ended. */
static void timed(struct model *m)
{
	u64 now = now_ns();
	if (m->began && now - m->began > m->longest)
		m->longest = now - m->began;
	m->began = now;
}

static void put_longest(struct model *m)
{
	put(", longest ");
	put_number(m->longest / 1000000, 10);
	put(" ms");
}

static u64 dice(struct model *m, u64 sides)
{
	m->state += 0x9e3779b97f4a7c15;
	return pattern(m->seed, m->state) % sides;
}

/* Says where the run stands; the run fails. */
static void stopped(struct model *m, const char *what, u64 at, s64 result)
{
	put_recent(m);
	if (m->turns)
		tell(m, 0, ~0ul);
	put("FAILED ");
	put(m->path);
	put(" seed ");
	put_number(m->seed, 10);
	put(" operation ");
	put_number(m->step, 10);
	put(": ");
	put(what);
	put(" at ");
	put_number(m->from + at, 16);
	put(": ");
	if (result < 0)
		put_errno(result);
	else
		put_number(result, 10);
	say();
	finish(1);
}

static void compare(struct model *m, const char *what, const u8 *got, u64 at, u64 length)
{
	u64 i, wrong = 0, n;
	for (i = 0; i < length && got[i] == m->good[at + i]; i++)
		;
	if (i == length)
		return;
	for (n = i; n < length; n++)
		wrong += got[n] != m->good[at + n];
	put("expected ");
	for (n = i; n < length && n < i + 8; n++)
		put_number(m->good[at + n], 16), put(" ");
	put("found ");
	for (n = i; n < length && n < i + 8; n++)
		put_number(got[n], 16), put(" ");
	put("and so on: ");
	put_number(wrong, 10);
	put(" of ");
	put_number(length - i, 10);
	put(" bytes differ");
	say();
	stopped(m, what, at + i, 0);
}

static void new_bytes(struct model *m, u64 at, u64 length)
{
	u64 salt = dice(m, ~0ul), i;
	for (i = 0; i < length; i++)
		m->good[at + i] = (u8)(pattern(salt, i >> 3) >> (i & 7) * 8);
}

static void by_write(struct model *m, s64 fd, u64 at, u64 length)
{
	s64 r;
	note(m, fd == m->fd ? "pwrite" : "direct pwrite", at, length);
	new_bytes(m, at, length);
	if (m->others)
		return;
	memcpy(m->other, m->good + at, length);
	r = all(SYS_PWRITE, fd, m->other, length, m->from + at);
	if (r != (s64)length)
		stopped(m, fd == m->fd ? "pwrite" : "direct pwrite", at, r);
}

static void by_read(struct model *m, s64 fd, u64 at, u64 length)
{
	s64 r;
	note(m, fd == m->fd ? "pread" : "direct pread", at, length);
	if (m->others)
		return;
	r = all(SYS_PREAD, fd, m->other, length, m->from + at);
	if (r != (s64)length)
		stopped(m, fd == m->fd ? "pread" : "direct pread", at, r);
	compare(m, fd == m->fd ? "pread" : "direct pread", m->other, at, length);
}

enum { LOAD = 0, STORE = 1, STORE_OR_SYNC = 2 };

/* Loads or stores through a mapping of its own, or through the one that stays. */
static void by_map(struct model *m, u64 at, u64 length, int store, int lasts)
{
	u64 head = (m->from + at) % PAGE;
	int sync = store == STORE_OR_SYNC && dice(m, 2);
	u8 *p;
	s64 r = 0;
	note(m, store ? (sync ? "store and msync" : "store") : "load", at, length);
	if (store)
		new_bytes(m, at, length);
	if (m->others)
		return;
	if (lasts && !m->lasting)
		m->lasting = map(m->fd, m->from, m->size, PROT_READ | PROT_WRITE);
	p = lasts ? m->lasting + at : map(m->fd, m->from + at, length, PROT_READ | (store ? PROT_WRITE : 0));
	if (store)
		memcpy(p, m->good + at, length);
	else
		compare(m, lasts ? "load through a mapping that stays" : "load", p, at, length);
	if (sync)
		r = call(SYS_MSYNC, (s64)(p - head), length + head, 4, 0);
	if (r < 0)
		stopped(m, "msync", at, r);
	if (!lasts)
		call(SYS_MUNMAP, (s64)(p - head), length + head, 0, 0);
}

static int missing(s64 r)
{
	return r == -95 || r == -38;
}

static void by_fallocate(struct model *m, int mode, u64 at, u64 length)
{
	s64 r;
	note(m, mode == ZERO ? "zero range" : "punch hole", at, length);
	if (m->unsupported & mode)
		return;
	r = m->others ? 0 : call(SYS_FALLOCATE, m->fd, mode | KEEP, m->from + at, length);
	if (missing(r) && !m->turns)
		m->unsupported |= mode;
	else if (r < 0)
		stopped(m, mode == ZERO ? "zero range" : "punch hole", at, r);
	else
		memset(m->good + at, 0, length);
}

static void by_copy(struct model *m, u64 at, u64 to, u64 length)
{
	u64 source = m->from + at, target = m->from + to, done = 0;
	if ((at < to ? to - at : at - to) < length || m->unsupported & 1 << 30)
		return;
	note(m, "copy_file_range from", at, length);
	note(m, "copy_file_range to", to, length);
	while (done < length && !m->others) {
		s64 r = kernel(SYS_COPY_FILE_RANGE, m->fd, (s64)&source, m->fd, (s64)&target, length - done, 0);
		if ((missing(r) || r == -18) && !m->turns) {
			m->unsupported |= 1 << 30;
			return;
		}
		if (r <= 0)
			stopped(m, "copy_file_range", at + done, r);
		done += r;
	}
	memmove(m->good + to, m->good + at, length);
}

static void reopen(struct model *m)
{
	s64 r;
	note(m, "close and open", 0, 0);
	if (m->others)
		return;
	if (m->lasting)
		call(SYS_MUNMAP, (s64)m->lasting, m->size, 0, 0);
	m->lasting = 0;
	r = call(SYS_CLOSE, m->fd, 0, 0, 0);
	if (r < 0)
		stopped(m, "close", 0, r);
	m->fd = open_file(m->path, OPEN_BOTH);
}

static void by_fsync(struct model *m)
{
	s64 r;
	note(m, "fsync", 0, 0);
	r = m->others ? 0 : call(SYS_FSYNC, m->fd, 0, 0, 0);
	if (r < 0)
		stopped(m, "fsync", 0, r);
}

/* A file of fixed size is data to its end, and neither longer nor shorter can it be made. */
static void by_asking(struct model *m, u64 at, u64 length)
{
	u64 size;
	s64 r;
	note(m, "questions", at, length);
	if (m->others)
		return;
	size = size_of(m->fd);
	r = call(SYS_LSEEK, m->fd, m->from + at, 3, 0);
	if (r != (s64)(m->from + at))
		stopped(m, "lseek to data", at, r);
	r = call(SYS_LSEEK, m->fd, m->from + at, 4, 0);
	if (r != (s64)size)
		stopped(m, "lseek to a hole", at, r);
	r = call(SYS_FTRUNCATE, m->fd, length & 1 ? size + length : size - length, 0, 0);
	if (r != -1)
		stopped(m, "ftruncate", at, r);
	r = call(SYS_FTRUNCATE, m->fd, size, 0, 0);
	if (r != 0)
		stopped(m, "ftruncate to the size it has", at, r);
	r = call(SYS_PWRITE, m->fd, (s64)m->other, length, size + at);
	if (r != -27)
		stopped(m, "pwrite behind the end", at, r);
	if (size_of(m->fd) != size)
		stopped(m, "size", at, size_of(m->fd));
}

static void one_operation(struct model *m)
{
	u64 at = dice(m, m->size), length = 1 + dice(m, m->size - at < LONGEST ? m->size - at : LONGEST);
	u64 page = at & ~(u64)(PAGE - 1), whole = (length + PAGE - 1) & ~(u64)(PAGE - 1);
	if (dice(m, 2))
		length = 1 + (length - 1) % 512;
	if (page + whole > m->size)
		whole = m->size - page;
	switch (dice(m, 16)) {
	case 0: case 1: by_write(m, m->fd, at, length); break;
	case 2: case 3: by_read(m, m->fd, at, length); break;
	case 4: by_map(m, at, length, STORE_OR_SYNC, 0); break;
	case 5: by_map(m, at, length, LOAD, 0); break;
	case 6:
		if (m->direct >= 0)
			by_write(m, m->direct, page, whole);
		break;
	case 7:
		if (m->direct >= 0)
			by_read(m, m->direct, page, whole);
		break;
	case 8: by_fallocate(m, dice(m, 2) ? ZERO : PUNCH & ~KEEP, at, length); break;
	case 9: by_copy(m, at, dice(m, m->size - length + 1), length); break;
	case 10: by_fsync(m); break;
	case 11: by_asking(m, at, length); break;
	case 12: case 13: by_map(m, at, length, STORE_OR_SYNC, 1); break;
	case 14: by_map(m, at, length, LOAD, 1); break;
	default: reopen(m);
	}
}

static void put_unsupported(struct model *m)
{
	if (m->unsupported & ZERO)
		put(", no zero range");
	if (m->unsupported & 2)
		put(", no punch hole");
	if (m->unsupported & 1 << 30)
		put(", no copy_file_range");
}

static void open_model(struct model *m, const char *path, u64 seed)
{
	m->path = path;
	m->seed = seed;
	m->fd = open_file(path, OPEN_BOTH);
	m->direct = call(SYS_OPEN, (s64)path, OPEN_BOTH | OPEN_DIRECT, 0, 0);
	m->good = pages(m->size);
	m->other = pages(LONGEST + PAGE);
}

static void whole_part(struct model *m)
{
	u64 at;
	for (at = 0; at < m->size; at += LONGEST)
		by_read(m, m->fd, at, m->size - at < LONGEST ? m->size - at : LONGEST);
}

static void put_churned(struct model *m, const char *verb, u64 operations)
{
	put(verb);
	put(" ");
	put(m->path);
	put(": ");
	put_number(operations, 10);
	put(" operations");
	put_longest(m);
	put_unsupported(m);
	if (m->direct < 0)
		put(", no O_DIRECT");
	say();
}

/*
 * churn FILE OFF LEN SEED OPERATIONS: reads, writes, maps, zeroes and copies in a range of a file of
 * fixed size that nobody else changes; OFF and LEN are multiples of 4096.
 */
static int churn(char **a)
{
	struct model m;
	u64 operations = number(a[4]), at;
	memset(&m, 0, sizeof m);
	m.from = number(a[1]);
	m.size = number(a[2]);
	if ((m.from | m.size) & (PAGE - 1) || !m.size)
		return 2;
	open_model(&m, a[0], number(a[3]));
	for (at = 0; at < m.size; at += LONGEST)
		by_write(&m, m.fd, at, m.size - at < LONGEST ? m.size - at : LONGEST);
	for (m.step = 1; m.step <= operations; m.step++) {
		timed(&m);
		one_operation(&m);
	}
	timed(&m);
	whole_part(&m);
	put_churned(&m, "churn", operations);
	return 0;
}

static void await(struct model *m, u64 page, u64 value, u64 seconds)
{
	u64 *word = (u64 *)m->other, until = now_ns() + seconds * 1000000000;
	for (;;) {
		s64 r = call(SYS_PREAD, m->turns, (s64)word, PAGE, m->from + m->size + page * PAGE);
		if (r == PAGE && *word == value)
			return;
		if (r != PAGE || *word == ~0ul || now_ns() > until) {
			put(r == PAGE && *word == ~0ul ? "another one has failed" : "the others are lost");
			say();
			finish(1);
		}
		pause_ms(1);
	}
}

/*
 * turns FILE LEN SEED OPERATIONS BURST PART PARTS: as churn in the first LEN bytes, by several
 * programs that take turns of BURST operations. Each knows what the others do, since it comes of the
 * seed, and so what it has to find. The first does not begin before all have come. The pages behind
 * LEN are for that and were zeros.
 */
static int turns(char **a)
{
	struct model m;
	u64 operations = number(a[3]), burst = number(a[4]), part = number(a[5]), parts = number(a[6]), turn, at;
	memset(&m, 0, sizeof m);
	m.size = number(a[1]);
	if (m.size & (PAGE - 1) || !m.size || !burst || part >= parts)
		return 2;
	open_model(&m, a[0], number(a[2]));
	if (m.direct < 0)
		fail("O_DIRECT", m.direct);
	m.turns = m.direct;
	tell(&m, 1 + part, 1);
	for (at = 0; part == 0 && at < parts; at++)
		await(&m, 1 + at, 1, GATHER_SECONDS);
	m.others = part != 0;
	for (at = 0; at < m.size; at += LONGEST)
		by_write(&m, m.fd, at, m.size - at < LONGEST ? m.size - at : LONGEST);
	for (turn = 0; m.step < operations; turn++) {
		u64 end = m.step + burst < operations ? m.step + burst : operations;
		m.others = turn % parts != part;
		if (!m.others)
			await(&m, 0, turn, turn < parts ? GATHER_SECONDS : TURN_SECONDS);
		reopen(&m);
		while (m.step < end) {
			m.step++;
			one_operation(&m);
		}
		by_fsync(&m);
		if (!m.others)
			tell(&m, 0, turn + 1);
	}
	await(&m, 0, turn, TURN_SECONDS);
	m.others = 0;
	reopen(&m);
	whole_part(&m);
	put_churned(&m, "turns", operations);
	return 0;
}

enum { LARGEST = 6 << 20, NAME = 256 };

/* A new size; what is between the old and the new end reads as zeros. */
static void resized(struct model *m, u64 size)
{
	if (size > m->size)
		memset(m->good + m->size, 0, size - m->size);
	m->size = size;
}

static void one_growth(struct model *m)
{
	u64 at = dice(m, m->size + (dice(m, 4) ? 1 : LONGEST)), length = 1 + dice(m, LONGEST), size;
	s64 r;
	switch (dice(m, 8)) {
	case 0: case 1: case 2: /* write, behind the end too */
		if (at + length > LARGEST)
			break;
		if (at + length > m->size)
			resized(m, at + length);
		by_write(m, m->fd, at, length);
		break;
	case 3:
		size = dice(m, 2) ? dice(m, m->size + 1) : dice(m, LARGEST);
		r = call(SYS_FTRUNCATE, m->fd, size, 0, 0);
		if (r < 0)
			stopped(m, "ftruncate", size, r);
		resized(m, size);
		break;
	case 4:
		if (at + length > LARGEST || m->unsupported & 1)
			break;
		size = dice(m, 2);
		r = call(SYS_FALLOCATE, m->fd, size ? KEEP : 0, at, length);
		if (missing(r))
			m->unsupported |= 1;
		else if (r < 0)
			stopped(m, "fallocate", at, r);
		else if (!size && at + length > m->size)
			resized(m, at + length);
		break;
	default:
		if (m->size) {
			at = dice(m, m->size);
			length = 1 + dice(m, m->size - at < LONGEST ? m->size - at : LONGEST);
			size = dice(m, 3);
			if (size == 2)
				by_read(m, m->fd, at, length);
			else
				by_map(m, at, length, size, 0); /* msync would fix the size */
		}
	}
	if (size_of(m->fd) != m->size)
		stopped(m, "size", m->size, size_of(m->fd));
}

static void whole_file(struct model *m, const char *what)
{
	u64 at, n;
	if (size_of(m->fd) != m->size)
		stopped(m, what, m->size, size_of(m->fd));
	for (at = 0; at < m->size; at += n) {
		n = m->size - at < LONGEST ? m->size - at : LONGEST;
		by_read(m, m->fd, at, n);
	}
}

/* The size of a file is fixed once it has been closed or synchronized. */
static void fixed_size(struct model *m)
{
	s64 r = call(SYS_FTRUNCATE, m->fd, m->size + 1, 0, 0);
	if (r != -1)
		stopped(m, "ftruncate of a file of fixed size", m->size, r);
	r = call(SYS_PWRITE, m->fd, (s64)m->other, 1, m->size);
	if (r != -27)
		stopped(m, "pwrite behind a file of fixed size", m->size, r);
}

static void one_new_file(struct model *m, u64 operations)
{
	s64 r;
	m->size = 0;
	m->fd = open_file(m->path, OPEN_BOTH | OPEN_CREATE | 0200);
	for (m->step = 1; m->step <= operations; m->step++) {
		timed(m);
		one_growth(m);
	}
	timed(m);
	whole_file(m, "size before close");
	if (dice(m, 4) == 0) {
		r = call(SYS_UNLINK, (s64)m->path, 0, 0, 0);
		if (r < 0)
			stopped(m, "unlink of a new file", 0, r);
		call(SYS_CLOSE, m->fd, 0, 0, 0);
		r = call(SYS_OPEN, (s64)m->path, OPEN_READ, 0, 0);
		if (r != -2)
			stopped(m, "open of an unlinked file", 0, r);
		m->began = 0;
		return;
	}
	if (dice(m, 2)) {
		by_fsync(m);
		fixed_size(m);
	}
	reopen(m);
	whole_file(m, "size after close");
	fixed_size(m);
	whole_file(m, "size in the end");
	call(SYS_CLOSE, m->fd, 0, 0, 0);
	m->began = 0;
}

/*
 * grow DIR SEED FILES OPERATIONS: makes files that are written, cut, extended and mapped while they
 * are new, closes or unlinks them, and looks at them again. Leaves DIR/grow-SEED-NUMBER.
 */
static int grow(char **a)
{
	struct model m;
	char path[NAME];
	u64 files = number(a[2]), operations = number(a[3]), i, length;
	memset(&m, 0, sizeof m);
	m.path = path;
	m.seed = number(a[1]);
	m.good = pages(LARGEST + LONGEST);
	m.other = pages(LONGEST + PAGE);
	for (i = 0; i < files; i++) {
		put(a[0]);
		put("/grow-");
		put(a[1]);
		put("-");
		put_number(i, 10);
		length = line_length < NAME ? line_length : NAME - 1;
		memcpy(path, line, length);
		path[length] = 0;
		line_length = 0;
		one_new_file(&m, operations);
	}
	put("grow ");
	put_number(files, 10);
	put(" files");
	put_longest(&m);
	if (m.unsupported & 1)
		put(", no fallocate");
	say();
	return 0;
}

/* ---- host: the words go to the harness over the second serial port, its answer comes back ---- */

static u8 channel_bytes[BLOCK];

static u8 next_byte(s64 fd)
{
	static u64 have, used;
	if (used == have) {
		s64 n = call(SYS_READ, fd, (s64)channel_bytes, sizeof channel_bytes, 0);
		if (n <= 0)
			fail("host channel", n ? n : -5);
		have = n;
		used = 0;
	}
	return channel_bytes[used++];
}

static u64 next_number(s64 fd)
{
	u64 value = 0;
	u8 c;
	while ((c = next_byte(fd)) >= '0' && c <= '9')
		value = value * 10 + (c - '0');
	return value;
}

/* "call", the number of words, then each word as its length and its bytes. */
static u64 put_call(u8 *to, char **a, int n)
{
	int i;
	line_length = 0;
	put("call ");
	put_number(n, 10);
	put("\n");
	memmove(to, line, line_length);
	to += line_length;
	for (i = 0; i < n; i++) {
		u64 length = 0;
		while (a[i][length])
			length++;
		line_length = 0;
		put_number(length, 10);
		put(" ");
		memmove(to, line, line_length);
		to += line_length;
		memmove(to, a[i], length);
		to += length;
		*to++ = '\n';
	}
	line_length = 0;
	return to - channel_bytes;
}

static int host(char **a, int n)
{
	s64 fd = open_file("/dev/ttyS1", OPEN_BOTH), lock = open_file("/run/host.lock", OPEN_BOTH | OPEN_CREATE);
	u64 exit, length, size = 64, i;
	for (i = 0; i < (u64)n; i++) {
		char *c = a[i];
		while (*c++)
			size++;
		size += 24;
	}
	if (size > sizeof channel_bytes)
		return 2;
	call(SYS_FLOCK, lock, 2, 0, 0);
	size = put_call(channel_bytes, a, n);
	for (i = 0; i < size;) {
		s64 w = call(SYS_WRITE, fd, (s64)(channel_bytes + i), size - i, 0);
		if (w < 0)
			fail("host channel", w);
		i += w;
	}
	exit = next_number(fd);
	length = next_number(fd);
	while (length) {
		u64 part = 0;
		while (length && part < sizeof line - 1) {
			line[part++] = next_byte(fd);
			length--;
		}
		call(SYS_WRITE, 1, (s64)line, part, 0);
	}
	return exit;
}

/* ---- start ---- */

static int ends_with_host(const char *path)
{
	const char *name = path;
	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	return same(name, "host");
}

s64 enter(s64 *stack)
{
	int n = (int)stack[0];
	char **a = (char **)(stack + 1);
	char *verb;
	if (n > 0 && ends_with_host(a[0]))
		return host(a + 1, n - 1);
	if (n < 3)
		goto usage;
	verb = a[1];
	a += 2;
	n -= 2;
	if (same(verb, "fill") && n == 5)
		return fill(a);
	if (same(verb, "check") && n == 5)
		return check(a);
	if (same(verb, "poke") && n >= 3)
		return poke(a, n);
	if (same(verb, "peek") && n == 2)
		return peek(a);
	if (same(verb, "waitfor") && n == 4)
		return waitfor(a);
	if (same(verb, "bw") && n == 5)
		return bw(a);
	if (same(verb, "visit") && n == 8)
		return visit(a);
	if (same(verb, "past"))
		return past(a);
	if (same(verb, "opcode") && n == 2)
		return opcode(a);
	if (same(verb, "dax"))
		return dax(a);
	if (same(verb, "hold") && n == 3)
		return hold(a);
	if (same(verb, "lock") && n == 3)
		return lock(a);
	if (same(verb, "churn") && n == 5)
		return churn(a);
	if (same(verb, "turns") && n == 7)
		return turns(a);
	if (same(verb, "grow") && n == 4)
		return grow(a);
usage:
	put("gtest: fill|check|poke|peek|waitfor|bw|visit|past|opcode|dax|hold|lock|churn|turns|grow FILE ...");
	say();
	return 2;
}
