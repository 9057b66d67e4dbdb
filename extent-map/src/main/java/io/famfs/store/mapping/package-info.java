/// Files of an open volume as memory.
package io.famfs.store.mapping;
