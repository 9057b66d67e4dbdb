package io.famfs.store;

/// Bad memory in numbers.
///
/// @param ranges bad ranges known now
/// @param bytes their bytes
/// @param files files that have space on them
/// @param failedPages pages found bad after a failed access, since the volume was opened
/// @param gonePages pages found without memory after a failed access
/// @param refutedFaults failed accesses after which every page could be loaded: the fault was not
///   this memory's
public record BadMemoryStats(
    int ranges, long bytes, int files, long failedPages, long gonePages, long refutedFaults) {}
