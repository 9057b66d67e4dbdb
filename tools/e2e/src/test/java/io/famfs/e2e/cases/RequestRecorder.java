package io.famfs.e2e.cases;

import io.famfs.fuse.protocol.OpenIn;
import io.famfs.fuse.protocol.ReadIn;
import io.famfs.fuse.server.FuseFileSystem;
import io.famfs.fuse.server.Request;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/// Stands before a file system and keeps what requests look like when they get there.
final class RequestRecorder {
  private final Set<Integer> openFlags = new ConcurrentSkipListSet<>();
  private final Set<Integer> opendirFlags = new ConcurrentSkipListSet<>();
  private final AtomicInteger largestRead = new AtomicInteger();

  /// The file system behind this recorder.
  FuseFileSystem before(FuseFileSystem files) {
    return (FuseFileSystem)
        Proxy.newProxyInstance(
            FuseFileSystem.class.getClassLoader(),
            new Class<?>[] {FuseFileSystem.class},
            (proxy, method, arguments) -> {
              record(method, arguments);
              try {
                return method.invoke(files, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void record(Method method, Object[] arguments) {
    if (arguments == null || !(arguments[0] instanceof Request request)) {
      return;
    }
    switch (method.getName()) {
      case "open" -> openFlags.add(OpenIn.flags(request.in(), Request.ARGUMENTS));
      case "opendir" -> opendirFlags.add(OpenIn.flags(request.in(), Request.ARGUMENTS));
      case "read" ->
          largestRead.accumulateAndGet(ReadIn.size(request.in(), Request.ARGUMENTS), Math::max);
      default -> {}
    }
  }

  /// Every flags of an OPEN so far, canonical.
  Set<Integer> openFlags() {
    return openFlags;
  }

  /// Every flags of an OPENDIR so far, canonical.
  Set<Integer> opendirFlags() {
    return opendirFlags;
  }

  /// Most bytes a READ has asked for.
  int largestRead() {
    return largestRead.get();
  }
}
