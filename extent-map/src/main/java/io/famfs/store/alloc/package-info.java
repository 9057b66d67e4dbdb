/// Which allocation units of the devices are taken.
package io.famfs.store.alloc;
