/// The metadata of a volume in a file: superblocks, log header and log entries, without the bytes
/// of files.
package io.famfs.store.archive;
