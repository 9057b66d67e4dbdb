/// Metadata on the media: the log, reading slots and appending in publishing order, and the bytes
/// of a superblock.
package io.famfs.store.log;
