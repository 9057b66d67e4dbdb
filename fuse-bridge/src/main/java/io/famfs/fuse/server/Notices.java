package io.famfs.fuse.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Passes on what has changed to the clients that can hear it.
final class Notices implements Changes {
  private static final SessionNotices[] NONE = {};

  private volatile SessionNotices[] hearing = NONE;

  synchronized void add(SessionNotices session) {
    List<SessionNotices> all = new ArrayList<>(List.of(hearing));
    all.add(session);
    hearing = all.toArray(NONE);
  }

  synchronized void remove(SessionNotices session) {
    List<SessionNotices> all = new ArrayList<>(List.of(hearing));
    all.remove(session);
    hearing = all.toArray(NONE);
  }

  @Override
  public void attributes(long nodeid, @Nullable Client by) {
    for (SessionNotices session : hearing) {
      if (!session.isOf(by)) {
        session.attributes(nodeid);
      }
    }
  }

  @Override
  public void gone(Entry entry, @Nullable Client by) {
    for (SessionNotices session : hearing) {
      if (!session.isOf(by)) {
        session.gone(entry);
      }
    }
  }
}
