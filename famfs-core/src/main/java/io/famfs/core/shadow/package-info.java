/// Shadow files: how a file of the log is told to the reference's FUSE daemon, as text.
package io.famfs.core.shadow;
