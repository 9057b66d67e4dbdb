package io.famfs.store;

/// How far a volume has followed the log.
///
/// @param state what it does
/// @param entriesSeen entries of the log that are in the namespace or left out because of a fault
/// @param entriesPending entries that the log held at the last look and that are not whole yet
/// @param reason why it waits or has stopped, in words of an operator; empty when all is well
public record FollowStatus(
    FollowState state, long entriesSeen, long entriesPending, String reason) {}
