/// A virtual machine without a machine: front-end, driver and client of virtio-fs, to put load on
/// any back-end.
package io.famfs.bench.load;
