package io.famfs.store;

/// Attributes of an inode to be made.
///
/// @param mode permission bits; other bits are dropped
/// @param uid owner
/// @param gid group
public record NewAttributes(int mode, int uid, int gid) {}
