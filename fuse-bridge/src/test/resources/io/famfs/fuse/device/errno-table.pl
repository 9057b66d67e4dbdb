# errno-table.pl: what system calls answer on an empty famfs that is mounted at the working
# directory and writable for all. Run as root; every row prints "ok" or "not ok", a name, what was
# expected and what came.
use strict;
use warnings;
use Errno;
use Fcntl qw(:DEFAULT :flock :mode);
use POSIX ();

use constant { SEEK_DATA => 3, SEEK_HOLE => 4, OTHER => 65534 };
use constant { KEEP => 1, PUNCH => 3, COLLAPSE => 8, ZERO => 16, INSERT => 32 };

my $arm = (POSIX::uname())[4] eq 'aarch64';
my ($DIRECT, $DIRECTORY) = $arm ? (0200000, 040000) : (040000, 0200000);
my %number = $arm
    ? (mknodat => 33, fallocate => 47, renameat2 => 276, copy => 285, getxattr => 8, setxattr => 5, syncfs => 267, fsync => 82)
    : (mknodat => 259, fallocate => 285, renameat2 => 316, copy => 326, getxattr => 191, setxattr => 188, syncfs => 306, fsync => 74);
my $HERE = -100;

sub name_of {
    my ($result) = @_;
    return '0' if $result;
    for my $name (sort keys %!) { return $name if $name =~ /^E/ && $name ne 'EWOULDBLOCK' && $name ne 'ENOTSUP' && $!{$name} }
    return "errno " . ($! + 0);
}

# is EXPECTED, NAME, CALL: EXPECTED is 0, or the names that are right with | between them.
sub is {
    my ($expected, $name, $call) = @_;
    $! = 0;
    my $got = name_of($call->());
    my $right = grep { $_ eq $got } split /\|/, $expected;
    print $right ? 'ok' : 'not ok', " $name: expected $expected, got $got\n";
}

# One after the other: root can change the group, another user cannot.
sub become_other { $) = OTHER . ' ' . OTHER; $> = OTHER }
sub become_root { $> = 0; $) = '0 0' }

# The same as a user who is not root.
sub as_other {
    my ($expected, $name, $call) = @_;
    become_other();
    is($expected, $name . ' as another user', $call);
    become_root();
}

# Result is a value that has to be equal.
sub equal {
    my ($expected, $name, $got) = @_;
    print $expected eq $got ? 'ok' : 'not ok', " $name: expected $expected, got $got\n";
}

# Calls the system by number: Perl has no function for it.
sub call { my ($name, @arguments) = @_; return syscall($number{$name}, @arguments) >= 0 }
sub opened { my ($path, $flags, $mode) = @_; return sysopen(my $file, $path, $flags, $mode // 0644) }
sub made {
    my ($path, $content, $mode) = @_;
    sysopen(my $file, $path, O_CREAT | O_EXCL | O_RDWR, $mode // 0644) or die "$path: $!";
    syswrite($file, $content) if length $content;
    close $file;
}
sub sized { my ($path) = @_; return (stat $path)[7] }
sub mode_of { my ($path) = @_; return sprintf '%04o', (stat $path)[2] & 07777 }

umask 022;
mkdir 'd' or die; mkdir 'd/sub' or die; mkdir 'e' or die;
made('f', 'content');
made('z', '');
made('d/f', 'inside');
made('secret', 'x', 0600);
made('tool', '#!', 0755);
mkdir 'closed', 0700 or die;
made('closed/f', 'x');
mkdir 'sticky' or die; chmod 01777, 'sticky';

# Names.
my $longest = 'n' x 79;
is 0, 'a name of 79 bytes', sub { opened($longest, O_CREAT | O_WRONLY) };
is 'ENAMETOOLONG', 'a name of 80 bytes', sub { opened('n' x 80, O_CREAT | O_WRONLY) };
is 'ENAMETOOLONG', 'a name of 255 bytes', sub { opened('n' x 255, O_CREAT | O_WRONLY) };
is 'ENAMETOOLONG', 'a name of 256 bytes', sub { opened('n' x 256, O_CREAT | O_WRONLY) };
is 'ENAMETOOLONG', 'a path of 80 bytes', sub { opened('d/' . 'n' x 78, O_CREAT | O_WRONLY) };
is 0, 'a path of 79 bytes', sub { opened('d/' . 'n' x 77, O_CREAT | O_WRONLY) };
is 'ENAMETOOLONG', 'mkdir of 80 bytes', sub { mkdir 'm' x 80 };
is 0, 'mkdir of 79 bytes', sub { mkdir 'm' x 79 };
is 'ENAMETOOLONG', 'a file in a directory of 79 bytes', sub { opened('m' x 79 . '/f', O_CREAT | O_WRONLY) };
is 'ENOENT', 'open of a name of 80 bytes that cannot be', sub { opened('n' x 80, O_RDONLY) };
is 'EINVAL', 'a name that is not UTF-8', sub { opened("\xff", O_CREAT | O_WRONLY) };
is 'EINVAL', 'mkdir of a name that is not UTF-8', sub { mkdir "\xc3\x28" };
is 'ENOENT', 'open of the empty name', sub { opened('', O_RDONLY) };
is 'ENOENT', 'open of what is not there', sub { opened('none', O_RDONLY) };
is 'ENOENT', 'create in a directory that is not there', sub { opened('none/f', O_CREAT | O_WRONLY) };
is 'ENOTDIR', 'create below a file', sub { opened('f/x', O_CREAT | O_WRONLY) };
is 'ENOTDIR', 'mkdir below a file', sub { mkdir 'f/x' };
is 'ENOTDIR', 'stat below a file', sub { stat 'f/x' };
is 'EISDIR|ENOTDIR', 'create of a name with a slash behind it', sub { opened('none/', O_CREAT | O_WRONLY) };

# Opening.
is 'EEXIST', 'O_EXCL of a file', sub { opened('f', O_CREAT | O_EXCL | O_WRONLY) };
is 'EEXIST', 'O_EXCL of a directory', sub { opened('d', O_CREAT | O_EXCL | O_WRONLY) };
is 'EISDIR', 'a directory for writing', sub { opened('d', O_WRONLY) };
is 'EISDIR', 'O_CREAT of a directory', sub { opened('d', O_CREAT | O_RDWR) };
is 0, 'a directory for reading', sub { opened('d', O_RDONLY) };
is 'ENOTDIR', 'O_DIRECTORY of a file', sub { opened('f', O_RDONLY | $DIRECTORY) };
is 0, 'O_DIRECTORY of a directory', sub { opened('d', O_RDONLY | $DIRECTORY) };
is 0, 'O_NOFOLLOW of a file', sub { opened('f', O_RDONLY | O_NOFOLLOW) };
is 0, 'O_NONBLOCK and O_SYNC', sub { opened('f', O_RDWR | O_NONBLOCK | O_SYNC) };
is 0, 'O_DIRECT', sub { opened('f', O_RDWR | $DIRECT) };
is 'EPERM', 'O_TRUNC of a file with content', sub { opened('f', O_WRONLY | O_TRUNC) };
is 0, 'O_TRUNC of an empty file', sub { opened('z', O_WRONLY | O_TRUNC) };
utime 1, 1, 'z';
opened('z', O_WRONLY | O_TRUNC);
equal 1, 'which gives it a new time', (stat 'z')[9] > 1 ? 1 : 0;
is 'EOPNOTSUPP', 'O_TMPFILE', sub { opened('.', O_RDWR | 020000000 | $DIRECTORY) };
is 0, 'a mode of 0', sub { opened('modeless', O_CREAT | O_RDWR, 0) };
equal '0000', 'and that is its mode', mode_of('modeless');
as_other 'EACCES', 'a file of mode 0600', sub { opened('secret', O_RDONLY) };
as_other 'EACCES', 'a file of mode 0644 for writing', sub { opened('f', O_WRONLY) };
as_other 'EACCES', 'O_TRUNC of a file of mode 0644', sub { opened('f', O_RDONLY | O_TRUNC) };
as_other 'EACCES', 'a file in a directory of mode 0700', sub { opened('closed/f', O_RDONLY) };
as_other 'EACCES', 'create in a directory of mode 0755', sub { opened('d/new', O_CREAT | O_WRONLY) };
as_other 'EACCES', 'mkdir in a directory of mode 0755', sub { mkdir 'd/new' };
as_other 'EACCES', 'unlink in a directory of mode 0755', sub { unlink 'd/f' };
as_other 'EPERM', 'unlink of a file of somebody else in a sticky directory', sub { made_by_root(); unlink 'sticky/f' };
as_other 0, 'create in a directory of mode 0777', sub { opened('by-other', O_CREAT | O_WRONLY) };
equal OTHER . ' ' . OTHER, 'and that is its owner', join(' ', (stat 'by-other')[4, 5]);

# What the format has no entry for.
is 'EPERM', 'mkfifo', sub { POSIX::mkfifo('fifo', 0644) };
is 'EPERM', 'mknod of a device', sub { call('mknodat', $HERE, 'null', S_IFCHR | 0644, 259) };
is 'EPERM', 'mknod of a socket', sub { call('mknodat', $HERE, 'socket', S_IFSOCK | 0644, 0) };
is 0, 'mknod of a file', sub { call('mknodat', $HERE, 'node', S_IFREG | 0644, 0) };
is 'EEXIST', 'mkfifo of a name that is taken', sub { POSIX::mkfifo('f', 0644) };
is 'ENOTDIR', 'mkfifo below a file', sub { POSIX::mkfifo('f/x', 0644) };
is 'EPERM', 'symlink', sub { symlink 'f', 's' };
is 'EEXIST', 'symlink of a name that is taken', sub { symlink 'f', 'd' };
is 'ENOTDIR', 'symlink below a file', sub { symlink 'f', 'f/x' };
is 'EINVAL', 'readlink of a file', sub { defined readlink 'f' };
is 'ENOENT', 'readlink of what is not there', sub { defined readlink 'none' };
is 'EPERM', 'link', sub { link 'f', 'l' };
is 'EEXIST', 'link to a name that is taken', sub { link 'f', 'z' };
is 'EPERM', 'link of a directory', sub { link 'd', 'l' };
is 'ENOENT', 'link of what is not there', sub { link 'none', 'l' };
is 'EPERM', 'unlink of a file in the log', sub { unlink 'f' };
is 'EISDIR', 'unlink of a directory', sub { POSIX::unlink('d') };
is 'ENOENT', 'unlink of what is not there', sub { unlink 'none' };
is 'EPERM', 'rmdir', sub { rmdir 'e' };
is 'ENOTEMPTY', 'rmdir of a directory with something in it', sub { rmdir 'd' };
is 'ENOTDIR', 'rmdir of a file', sub { rmdir 'f' };
is 'EINVAL', 'rmdir of .', sub { rmdir 'd/.' };
is 'ENOTEMPTY', 'rmdir of ..', sub { rmdir 'd/sub/..' };
is 'EPERM', 'rename', sub { rename 'f', 'g' };
is 'EPERM', 'rename onto a file', sub { rename 'f', 'z' };
is 0, 'rename to itself', sub { rename 'f', 'f' };
is 'ENOENT', 'rename of what is not there', sub { rename 'none', 'g' };
is 'ENOTDIR', 'rename of a directory onto a file', sub { rename 'e', 'f' };
is 'EISDIR', 'rename of a file onto a directory', sub { rename 'f', 'e' };
is 'ENOTEMPTY', 'rename of a directory onto a full one', sub { rename 'e', 'd' };
is 'EINVAL', 'rename of a directory into itself', sub { rename 'd', 'd/sub/d' };
is 'EEXIST', 'renameat2 with NOREPLACE', sub { call('renameat2', $HERE, 'f', $HERE, 'z', 1) };
is 'EPERM', 'renameat2 with EXCHANGE', sub { call('renameat2', $HERE, 'f', $HERE, 'z', 2) };
is 'EEXIST', 'mkdir of a name that is taken', sub { mkdir 'f' };
is 'EEXIST', 'mkdir of .', sub { mkdir 'd/.' };

# Sizes of a file in the log.
equal 7, 'size', sized('f');
is 'EPERM', 'truncate to less', sub { truncate 'f', 3 };
is 'EPERM', 'truncate to more', sub { truncate 'f', 8 };
is 0, 'truncate to the size it has', sub { truncate 'f', 7 };
is 'EFBIG', 'truncate to more than the device holds', sub { truncate 'f', 1 << 50 };
is 'EINVAL', 'truncate to less than nothing', sub { truncate 'f', -1 };
is 'EISDIR', 'truncate of a directory', sub { truncate 'd', 0 };
as_other 'EACCES', 'truncate without permission', sub { truncate 'f', 3 };
sysopen(my $file, 'f', O_RDWR) or die;
my ($buffer, $in, $out) = ('', pack('q', 0), pack('q', 1));
is 0, 'read across the end', sub { sysseek($file, 4, 0) && sysread($file, $buffer, 100) == 3 };
is 0, 'write across the end', sub { sysseek($file, 5, 0) && syswrite($file, 'abc') == 2 };
is 'EFBIG', 'write at the end', sub { sysseek($file, 7, 0) && syswrite($file, 'x') };
is 'EFBIG', 'write behind the end', sub { sysseek($file, 9000, 0) && syswrite($file, 'x') };
is 'ENXIO', 'lseek for data behind the end', sub { sysseek($file, 8, SEEK_DATA) };
is 0, 'lseek for a hole is the end', sub { sysseek($file, 0, SEEK_HOLE) == 7 };
is 0, 'fallocate inside', sub { call('fallocate', fileno $file, 0, 0, 7) };
is 'EFBIG', 'fallocate beyond', sub { call('fallocate', fileno $file, 0, 0, 8) };
is 'EFBIG', 'fallocate beyond that keeps the size', sub { call('fallocate', fileno $file, KEEP, 0, 8) };
is 0, 'a hole', sub { call('fallocate', fileno $file, PUNCH, 0, 2) };
is 0, 'zeros inside', sub { call('fallocate', fileno $file, ZERO, 0, 7) };
is 'EFBIG', 'zeros beyond', sub { call('fallocate', fileno $file, ZERO, 0, 8) };
is 'EOPNOTSUPP', 'fallocate that collapses', sub { call('fallocate', fileno $file, COLLAPSE, 0, 4096) };
is 'EOPNOTSUPP', 'fallocate that inserts', sub { call('fallocate', fileno $file, INSERT, 0, 4096) };
is 'EINVAL', 'fallocate of nothing', sub { call('fallocate', fileno $file, 0, 0, 0) };
is 'EINVAL', 'copy_file_range onto itself', sub { call('copy', fileno $file, $in, fileno $file, $out, 3, 0) };
is 0, 'fsync', sub { call('fsync', fileno $file) };
sysopen(my $reader, 'f', O_RDONLY) or die;
is 'EBADF', 'write to what is open for reading', sub { no warnings; syswrite($reader, 'x') };
is 'EINVAL', 'ftruncate of what is open for reading', sub { truncate $reader, 3 };
is 'EBADF', 'fallocate of what is open for reading', sub { call('fallocate', fileno $reader, 0, 0, 7) };

# A file that is new.
sysopen(my $new, 'new', O_CREAT | O_EXCL | O_RDWR, 0640) or die;
is 0, 'truncate of a new file', sub { truncate $new, 100000 };
equal 100000, 'and that is its size', sized('new');
is 0, 'and to nothing', sub { truncate 'new', 0 };
is 0, 'write behind the end of a new file', sub { sysseek($new, 5000, 0) && syswrite($new, 'x') == 1 };
equal 5001, 'and that is its size', sized('new');
is 0, 'fallocate of a new file', sub { call('fallocate', fileno $new, 0, 0, 9000) };
equal 9000, 'and that is its size', sized('new');
is 'EFBIG', 'truncate of a new file to more than the device holds', sub { truncate $new, 1 << 50 };
is 'ENOSPC', 'truncate of a new file to more than there is space', sub { truncate $new, 63 << 20 };
is 'EFBIG', 'fallocate of more than the device holds', sub { call('fallocate', fileno $new, 0, 0, 1 << 50) };
is 'ENOSPC', 'fallocate of more than there is space', sub { call('fallocate', fileno $new, 0, 0, 63 << 20) };
equal 9000, 'and the size has not changed', sized('new');
is 'EPERM', 'rename of a new file', sub { rename 'new', 'newer' };
is 'EPERM', 'link of a new file', sub { link 'new', 'newer' };
is 0, 'unlink of a new file', sub { unlink 'new' };
is 'ENOENT', 'which is gone', sub { stat 'new' };
is 0, 'and can be written by whoever has it', sub { sysseek($new, 0, 0) && syswrite($new, 'x') == 1 };
close $new;

# Attributes.
is 0, 'chmod', sub { chmod 07640, 'f' };
equal '7640', 'and that is its mode', mode_of('f');
is 0, 'chown takes set-id bits away', sub { chmod 06755, 'tool' and chown 12, 34, 'tool' };
equal '0755 12 34', 'and that is its mode and owner', join(' ', mode_of('tool'), (stat 'tool')[4, 5]);
is 0, 'utime', sub { utime 1000000000, 1100000000, 'f' };
equal '1000000000 1100000000', 'and those are its times', join(' ', (stat 'f')[8, 9]);
is 0, 'utime of a directory', sub { utime 1, 2, 'd' };
equal '1 2', 'and those are its times', join(' ', (stat 'd')[8, 9]);
as_other 'EPERM', 'chmod', sub { chmod 0777, 'f' };
as_other 'EPERM', 'chown', sub { chown OTHER, OTHER, 'f' };
as_other 'EPERM', 'utime with times', sub { utime 1, 1, 'f' };
as_other 'EACCES', 'utime with now', sub { utime undef, undef, 'f' };
as_other 0, 'chmod of an own file', sub { chmod 0600, 'by-other' };
as_other 'EPERM', 'chown of an own file to somebody else', sub { chown 0, 0, 'by-other' };
is 'ENOENT', 'chmod of what is not there', sub { chmod 0777, 'none' };
equal '3 2', 'links of a directory with one in it, and with none', join(' ', (stat 'd')[3], (stat 'e')[3]);
mkdir 'e/inner';
equal 3, 'links of a directory in which one was made', (stat 'e')[3];
my $age = time - (stat 'e')[9];
equal 1, 'and its time is that of the making', $age >= -2 && $age < 60 ? 1 : 0;
equal 1, 'the time of what was made is that of the making', abs(time - (stat 'e/inner')[9]) < 60 ? 1 : 0;

# Extended attributes, locks, running.
my $room = "\0" x 4096;
is 0, 'getxattr of the extents', sub { call('getxattr', 'f', 'user.famfs.extents', $room, 4096) };
is 'ENODATA', 'getxattr of another name', sub { call('getxattr', 'f', 'user.other', $room, 4096) };
is 'EPERM', 'setxattr of the extents', sub { call('setxattr', 'f', 'user.famfs.extents', 'x', 1, 0) };
is 'EOPNOTSUPP', 'setxattr of another name', sub { call('setxattr', 'f', 'user.other', 'x', 1, 0) };
is 0, 'flock', sub { flock $file, LOCK_EX | LOCK_NB };
is 'EAGAIN', 'flock of what is locked', sub { sysopen(my $again, 'f', O_RDWR); flock $again, LOCK_EX | LOCK_NB };
is 'ETXTBSY', 'write to what is running', \&written_while_running;
is 0, 'syncfs', sub { call('syncfs', fileno $file) };
print "done\n";

sub made_by_root {
    become_root();
    made('sticky/f', 'x') if !-e 'sticky/f';
    become_other();
}

sub written_while_running {
    return 0 if system('cp', '/bin/sleep', 'runs') || !chmod 0755, 'runs';
    my $child = fork // die;
    if (!$child) { exec './runs', '60' or POSIX::_exit(1) }
    my $executable = '';
    while (($executable = readlink("/proc/$child/exe") // '') !~ m{/runs$}) { select undef, undef, undef, 0.01 }
    my $result = sysopen(my $writer, 'runs', O_WRONLY);
    my $errno = $! + 0;
    kill 9, $child;
    waitpid $child, 0;
    $! = $errno;
    return $result;
}
