/// Setting damaged volumes right.
///
/// A plan is computed from the media alone and changes nothing. Before the first change the old
/// bytes of everything that will be written go to an undo file. Every change is written back before
/// the next one, in an order that leaves, wherever it stops, a volume that the next repair
/// finishes.
package io.famfs.store.repair;
