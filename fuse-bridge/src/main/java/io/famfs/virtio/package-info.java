/// Guest memory and virtqueues, split and packed, seen from the device.
///
/// Everything read here is written by a guest that may be hostile, and may change while it is
/// looked at: each field is read once into private memory, checked, and only the private copy is
/// used. Nothing here throws on what a guest does; results are named. The one exception is
/// [InternalError], which the platform throws when mapped memory has gone (a shrunk file): whoever
/// drives a queue catches it at the boundary of a request.
///
/// The package knows neither the vhost-user protocol nor FUSE. Clauses are those of the Virtual I/O
/// Device specification, version 1.3.
package io.famfs.virtio;
