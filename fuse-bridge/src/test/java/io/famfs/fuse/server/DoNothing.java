package io.famfs.fuse.server;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// A file system without files. Every request succeeds, with whatever lies in the reply's buffer,
/// or fails as told; what has been asked is counted.
final class DoNothing {
  /// For a server; whatever methods a file system has, they do nothing.
  final FuseFileSystem files =
      (FuseFileSystem)
          Proxy.newProxyInstance(
              FuseFileSystem.class.getClassLoader(),
              new Class<?>[] {FuseFileSystem.class},
              (_, method, arguments) -> answer(method, arguments));

  /// Requests that came through the checks so far.
  long calls;

  /// What requests end with: 0 for success, or a negative errno.
  int result;

  private @Nullable Object answer(Method method, @Nullable Object @Nullable [] arguments) {
    if (method.getReturnType() == boolean.class) {
      return false;
    }
    if (method.getReturnType() != int.class) {
      return null;
    }
    calls++;
    if (result == 0
        && arguments != null
        && arguments.length == 1
        && arguments[0] instanceof Request request) {
      return bodyBytes(request);
    }
    return result;
  }

  private static int bodyBytes(Request request) {
    Operation operation = OperationTable.find(request.opcode());
    return operation == null ? 0 : operation.bodyBytes();
  }
}
