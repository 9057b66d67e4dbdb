/// The FUSE protocol, versions 7.23 to 7.45: opcodes, INIT flags and message layouts after Linux'
/// `include/uapi/linux/fuse.h`. No state, no I/O.
///
/// A layout class draws one structure and holds static accessors that take the message and the
/// offset of the structure, so that using one costs no object.
package io.famfs.fuse.protocol;
