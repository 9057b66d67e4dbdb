/// What a server counts and measures, by name, for whoever asks: the registry that every part of
/// the server adds to, and its text form.
///
/// A part that has something to show registers it once with the [io.famfs.fuse.metrics.Metrics] of
/// its server. A file system does so in `FuseFileSystem.register`.
package io.famfs.fuse.metrics;
