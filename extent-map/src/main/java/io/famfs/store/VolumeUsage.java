package io.famfs.store;

/// How full a volume is. A byte is used when superblock, log, a file, or space that was put out of
/// use takes it, however often.
///
/// @param totalBytes whole allocation units of all devices
/// @param usedBytes taken
/// @param freeBytes the rest; 0 when nothing can be allocated any more
/// @param largestFreeRunBytes the largest file that can be created
/// @param quarantinedBytes put out of use because of damaged entries; contained in `usedBytes`
/// @param badBytes units without an owner that are put out of use because their memory is bad;
///   contained in `usedBytes`
/// @param files number of files
/// @param directories number of directories, without the root
/// @param logEntriesUsed slots of the log in use
/// @param logEntriesTotal slots of the log
/// @param allocUnitBytes granularity of space
public record VolumeUsage(
    long totalBytes,
    long usedBytes,
    long freeBytes,
    long largestFreeRunBytes,
    long quarantinedBytes,
    long badBytes,
    long files,
    long directories,
    long logEntriesUsed,
    long logEntriesTotal,
    long allocUnitBytes) {}
