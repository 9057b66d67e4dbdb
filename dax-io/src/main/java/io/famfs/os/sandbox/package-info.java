/// Locking a server in once it has opened what it serves: user, capabilities, files, system calls.
///
/// Much of that belongs to single threads on Linux, and a Java machine has two dozen before the
/// first line of ours runs. The C library changes the user of all; the kernel puts a filter of
/// system calls on all, and new versions of it Landlock's rules; for the rest each thread is made
/// to do the call itself, in the handler of a signal. Afterwards every thread is looked at.
package io.famfs.os.sandbox;
