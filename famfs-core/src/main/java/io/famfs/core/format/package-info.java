/// The on-media format: layouts (offsets and sizes), records (meaning), codecs between the two, and
/// the rules a volume has to keep.
///
/// Reading never throws whatever the bytes are, and never looks outside the structure it was asked
/// for: what does not fit comes back as a [io.famfs.core.format.MediaFault].
package io.famfs.core.format;
