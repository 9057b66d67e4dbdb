package io.famfs.core.mapping;

import io.famfs.core.DaxDevice;
import java.lang.foreign.MemorySegment;

/// A run of device memory, mapped.
///
/// @param device which device; what is written back and invalidated is its part
/// @param offset the first byte on the device
/// @param memory exactly the run
public record MappedSpan(DaxDevice device, long offset, MemorySegment memory) {}
