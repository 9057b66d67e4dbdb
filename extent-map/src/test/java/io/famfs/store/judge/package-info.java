/// A second opinion on media, written from the format document alone. Nothing in here uses the
/// store or the format classes of the product: offsets, checksums and rules are its own.
package io.famfs.store.judge;
