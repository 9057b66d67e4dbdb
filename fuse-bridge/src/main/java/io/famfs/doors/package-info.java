/// The doors of one server: sockets for guests and mounts on this host, added and removed while
/// others are in use.
package io.famfs.doors;
