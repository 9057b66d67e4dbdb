/// Boots real Linux guests for tests and demonstrations.
///
/// Three steps: [io.famfs.e2e.VmImage#obtain] gets QEMU, a kernel and a static busybox as signed
/// Debian packages and unpacks them into a cache, installing nothing; [io.famfs.e2e.GuestSpec] says
/// what the guest looks like; [io.famfs.e2e.Guest#start] boots it and [io.famfs.e2e.GuestRun#await]
/// tells how its script ended. The harness knows nothing about the servers behind the sockets it is
/// given.
///
/// Invariants: a guest never outlives the process that started it; every wait has a limit; nothing
/// is written outside the cache, the temporary directory and the paths the caller names.
package io.famfs.e2e;
