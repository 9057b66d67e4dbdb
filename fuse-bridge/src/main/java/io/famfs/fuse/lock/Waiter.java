package io.famfs.fuse.lock;

/// A request that waits.
final class Waiter {
  final LockRequest request;
  final long unique;
  private LockReply reply;

  Waiter(LockRequest request, long unique, LockReply reply) {
    this.request = request;
    this.unique = unique;
    this.reply = reply;
  }

  LockReply reply() {
    return reply;
  }

  /// Answers to another message, which asks for the same once more.
  void reply(LockReply other) {
    reply = other;
  }
}
