package io.famfs.vhostuser;

/// A front-end broke a rule of the protocol; its connection ends. The message says which rule.
public final class ProtocolViolation extends Exception {
  private static final long serialVersionUID = 1L;

  public ProtocolViolation(String rule) {
    super(rule);
  }
}
