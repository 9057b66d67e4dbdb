/// From file offsets to device ranges: compiled, immutable, free of allocation.
package io.famfs.store.extent;
