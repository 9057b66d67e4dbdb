/// Files as clients map them by themselves: the messages that say where a file's bytes lie, what a
/// kernel takes of them, and the lists that have been given away.
package io.famfs.fuse.fmap;
