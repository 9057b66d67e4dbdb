/// The vhost-user protocol, seen from the back-end.
///
/// One control thread per connection reads the front-end's messages and is the only one to change
/// ring states and the memory table. Each message is checked in a fixed order - feature, size,
/// descriptors, syntax, meaning - and one that fails ends its own connection with a reason; other
/// connections do not notice.
///
/// The control thread never waits for the work of a queue worker: it bars the back-end channel and
/// wakes whoever waits there before it joins a worker, because the front-end thread that sends
/// GET_VRING_BASE is the one that would have answered. It shares no lock with workers but the one
/// that guards the sending of a back-end message, which is never held while waiting.
///
/// The package knows no device: it drives a [io.famfs.vhostuser.VhostUserDevice]. Names and numbers
/// follow the vhost-user text of QEMU 11.1; the ring states follow its newest wording: a ring is
/// started by SET_VRING_KICK, stopped by GET_VRING_BASE, and enabled or disabled independently.
package io.famfs.vhostuser;
