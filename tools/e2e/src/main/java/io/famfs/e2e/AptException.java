package io.famfs.e2e;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// apt refused; the message is a phrase that fits behind a colon.
final class AptException extends IOException {
  private static final long serialVersionUID = 1L;

  private static final Pattern EXPIRED =
      Pattern.compile("Release file for \\S+ is expired \\(invalid since ([^)]*)\\)");
  private static final Pattern EARLY =
      Pattern.compile("is not valid yet \\(invalid for another ([^)]*)\\)");
  private static final Pattern NETWORK =
      Pattern.compile(
          "(Could not resolve '[^']*'|Temporary failure resolving '[^']*'|Could not connect to \\S+"
              + "|Connection (?:timed out|refused|failed)|Unable to connect to \\S+|Cannot initiate the connection"
              + "|Could not handshake)");
  private static final Pattern FETCH =
      Pattern.compile("(?m)^E: Failed to fetch \\S+ +(.*?)(?: \\[IP: [^\\]]*\\])?$");
  private static final Pattern ERROR = Pattern.compile("(?m)^E: (.*)$");

  /// Whether another suite of the same mirror would fail alike.
  private final boolean noNetwork;

  private AptException(String message, boolean noNetwork) {
    super(message);
    this.noNetwork = noNetwork;
  }

  boolean noNetwork() {
    return noNetwork;
  }

  /// Finds the cause in what apt printed.
  static AptException of(String output) {
    Matcher expired = EXPIRED.matcher(output);
    if (expired.find()) {
      return new AptException("its Release file expired " + expired.group(1) + " ago", false);
    }
    Matcher early = EARLY.matcher(output);
    if (early.find()) {
      return new AptException(
          "its Release file is from the future by "
              + early.group(1)
              + ", check this machine's clock",
          false);
    }
    if (output.contains("NO_PUBKEY")
        || output.contains("Missing key")
        || output.contains("couldn't be verified")) {
      return new AptException(
          "its signature cannot be checked, the debian-archive-keyring of this machine is too old"
              + " for it",
          false);
    }
    if (output.contains("does not have a Release file") && output.contains("404")) {
      return new AptException("the mirror does not have it", false);
    }
    Matcher network = NETWORK.matcher(output);
    if (network.find()) {
      return new AptException("no network (" + network.group(1) + ")", true);
    }
    Matcher fetch = FETCH.matcher(output);
    if (fetch.find()) {
      return new AptException("the mirror answers " + fetch.group(1).replaceAll(" +", " "), false);
    }
    Matcher error = ERROR.matcher(output);
    return new AptException(
        error.find() ? error.group(1) : "apt-get failed without a reason", false);
  }
}
