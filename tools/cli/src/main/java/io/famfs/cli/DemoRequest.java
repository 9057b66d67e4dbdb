package io.famfs.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What a demonstration was asked for.
///
/// @param device an existing device, or null for a file in /dev/shm
/// @param force whether a file system on the device may be overwritten
/// @param directory what is copied in
/// @param console where the guest's console is kept, or null
record DemoRequest(@Nullable Path device, boolean force, Path directory, @Nullable Path console) {}
