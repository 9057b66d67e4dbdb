/// The store: a volume over DAX devices, with its log, namespace and space.
package io.famfs.store;
