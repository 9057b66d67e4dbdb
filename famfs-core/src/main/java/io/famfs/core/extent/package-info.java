/// Extents: simple and interleaved file maps, without behaviour that needs a volume.
package io.famfs.core.extent;
