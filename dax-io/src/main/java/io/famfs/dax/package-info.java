/// [io.famfs.core.DaxDevice] over what Linux offers: a file, a memfd, a devdax character device.
///
/// A device is opened once, mapped as a whole and unmapped by its close. What is no device is
/// refused with one line that says what it is and what to use instead. Nothing is ever created or
/// changed by opening.
package io.famfs.dax;
