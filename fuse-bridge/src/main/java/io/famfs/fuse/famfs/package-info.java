/// A famfs volume as a FUSE file system: the only package that knows both.
///
/// What it promises, and which errno says what, is listed at [io.famfs.fuse.famfs.FamfsFileSystem].
package io.famfs.fuse.famfs;
