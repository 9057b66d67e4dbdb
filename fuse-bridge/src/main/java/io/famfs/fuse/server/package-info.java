/// The FUSE server between the doors and the file system: one session per connection, INIT
/// negotiation, the opcode table and its dispatch, counters.
///
/// A door owns one [io.famfs.fuse.server.Exchange] per worker, fills it with a request and gives it
/// to a [io.famfs.fuse.server.Session]; when the call returns the reply is in the exchange. The
/// server knows nothing else of a door, and nothing here does I/O.
package io.famfs.fuse.server;
