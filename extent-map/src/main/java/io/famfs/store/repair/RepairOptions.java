package io.famfs.store.repair;

import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How a volume is repaired.
///
/// @param corrupt what becomes of entries that cannot be read
/// @param fsUuid the file-system uuid of a volume whose superblock has lost it; null to make one
/// @param systemUuid the host that will own a volume whose superblock has lost its owner
/// @param newUuid makes uuids
public record RepairOptions(
    CorruptPolicy corrupt, @Nullable UUID fsUuid, UUID systemUuid, Supplier<UUID> newUuid) {

  /// Quarantine, new uuids at random.
  public static RepairOptions on(UUID systemUuid) {
    return new RepairOptions(CorruptPolicy.QUARANTINE, null, systemUuid, UUID::randomUUID);
  }

  /// The same with another policy.
  public RepairOptions withCorrupt(CorruptPolicy policy) {
    return new RepairOptions(policy, fsUuid, systemUuid, newUuid);
  }

  /// The same with a known file-system uuid.
  public RepairOptions withFsUuid(@Nullable UUID known) {
    return new RepairOptions(corrupt, known, systemUuid, newUuid);
  }
}
