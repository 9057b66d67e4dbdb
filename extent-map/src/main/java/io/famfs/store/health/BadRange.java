package io.famfs.store.health;

import io.famfs.core.MemoryRange;

/// A range of bad memory.
///
/// @param daxdevIndex which device of the volume, 0 is the primary
/// @param range where on it
/// @param cause how it is known
public record BadRange(int daxdevIndex, MemoryRange range, BadCause cause) {}
