/// A file as memory: the same for programs that have the volume open and for those that map the
/// devices of one that is mounted.
package io.famfs.core.mapping;
