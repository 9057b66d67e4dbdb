/// The door for programs of this host: a mount of the kernel's own FUSE file system, served through
/// `/dev/fuse` without any library or helper program in between.
///
/// Each worker has a descriptor of its own (a clone, so that replies go back without a lock shared
/// in the kernel), reads a whole request, lets the session handle it and writes the reply: data of
/// READ goes from device memory straight into the kernel.
package io.famfs.fuse.device;
