/// Memory that has failed: which ranges, how that is known, and what a host remembers of it.
package io.famfs.store.health;
