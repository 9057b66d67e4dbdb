/// One small class per kernel facility: descriptors, mappings, sockets, eventfds, poll, mounts.
///
/// What runs per request returns `0` or more, or the negated error number ([io.famfs.core.Errno]),
/// allocates nothing and does not throw because of what a peer did. What opens, maps, connects or
/// mounts throws [io.famfs.os.ErrnoException] with a one-line message.
///
/// Owned resources are [AutoCloseable] with exactly one owner; a second close does nothing. Memory
/// is unmapped by closing its [io.famfs.os.MemoryMap] only, so that no segment ever points at an
/// address that was given back.
package io.famfs.os;
