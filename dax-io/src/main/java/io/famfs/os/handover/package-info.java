/// What a server leaves to the one that comes after it: descriptors with a holder, and memory.
@NullMarked
package io.famfs.os.handover;

import org.jspecify.annotations.NullMarked;
