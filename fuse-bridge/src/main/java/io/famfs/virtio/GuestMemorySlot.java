package io.famfs.virtio;

/// The table in force, replaced by one thread while others read through it.
///
/// A reader takes the table once per batch of requests and gives it back before it sleeps, so a
/// table that was replaced is gone soon after, and the replacing thread never waits.
public final class GuestMemorySlot {
  private volatile GuestMemory current = GuestMemory.empty();

  /// A slot with a table without memory.
  public GuestMemorySlot() {}

  /// The table in force, held for the caller, who releases it.
  public GuestMemory take() {
    while (true) {
      GuestMemory table = current;
      if (table.acquire()) {
        return table;
      }
    }
  }

  /// Whether this table is still the one in force.
  public boolean isCurrent(GuestMemory table) {
    return current == table;
  }

  /// The table in force, for the thread that replaces it.
  public GuestMemory current() {
    return current;
  }

  /// Puts a table in force; the slot takes over the caller's hold on it. One thread at a time.
  public void replace(GuestMemory next) {
    GuestMemory old = current;
    current = next;
    old.release();
  }
}
