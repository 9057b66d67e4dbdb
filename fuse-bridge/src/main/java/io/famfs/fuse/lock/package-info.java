/// Advisory locks of a volume: record locks as of fcntl(2), whole-file locks as of flock(2), and
/// those who wait for them. Knows nothing of messages or files.
@NullMarked
package io.famfs.fuse.lock;

import org.jspecify.annotations.NullMarked;
