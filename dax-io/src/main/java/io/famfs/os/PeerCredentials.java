package io.famfs.os;

/// Who is at the other end of a Unix socket, as it was when the connection was made.
///
/// @param pid its process, 0 when it is not visible from here
/// @param uid its effective user
/// @param gid its effective group
public record PeerCredentials(int pid, int uid, int gid) {}
