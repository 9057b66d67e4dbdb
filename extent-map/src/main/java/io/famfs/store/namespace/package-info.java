/// Inodes and the directory tree, published for lock-free readers. One writer at a time changes
/// them.
package io.famfs.store.namespace;
