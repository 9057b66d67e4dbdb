/// The virtio-fs device over vhost-user: a door of the FUSE server.
///
/// One [io.famfs.virtiofs.VirtioFsServer] listens on a socket; every front-end that connects gets a
/// back-end, a FUSE session and, where there is one, a DAX window of its own. Each started queue
/// has a platform thread that owns the buffers of the request it is at; queues share no lock on the
/// way of a request, and after warm-up nothing is allocated for one.
///
/// What stock QEMU 11.1 does not bear is gathered in `Qemu11Peculiarities`.
package io.famfs.virtiofs;
