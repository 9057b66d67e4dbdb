package io.famfs.store;

final class Pending {
  private Pending() {}

  @SuppressWarnings("TypeParameterUnusedInFormals") // Never returns.
  static <T> T body(String text) {
    if (text.isEmpty()) {
      throw new UnsupportedOperationException("not there yet");
    }
    throw new IllegalArgumentException(text);
  }
}
