/// Which files are worth their place in a window that is too small for all of them.
///
/// A [io.famfs.fuse.window.GovernedWindow] stands before the window of a connection and sees every
/// mapping; its [io.famfs.fuse.window.WindowGovernor] decides. It knows files by their nodeid only.
package io.famfs.fuse.window;
