package io.famfs.fuse.server;

import io.famfs.fuse.protocol.ArchitectureFamily;
import io.famfs.fuse.protocol.ClientArchitecture;
import io.famfs.fuse.protocol.InitFlag;
import io.famfs.fuse.protocol.InitIn;
import io.famfs.fuse.server.ClientAbi.Certainty;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Finds out what a client runs on: by the `arch_id` in its INIT, else by the setting, else by the
/// first OPENDIR. A client that cannot be understood is refused at INIT.
final class ClientAbis {
  private static final Logger LOGGER = System.getLogger(ClientAbis.class.getName());

  private final @Nullable ClientArchitecture setting;
  private final int canonicalBit;
  private final AtomicBoolean logged = new AtomicBoolean();

  ClientAbis(ClientOptions options) {
    setting = options.architecture();
    canonicalBit = options.canonicalBit();
  }

  /// What an INIT and the setting tell.
  ///
  /// @param offered both words of flags, as far as the client announced the second
  /// @return null when the INIT has to be refused; the reason is in the log
  @Nullable ClientAbi of(Request request, long offered) {
    int archId = archId(request);
    ClientArchitecture told = archId == 0 ? null : ClientArchitecture.ofId(archId);
    if (asks(archId, offered)) {
      return new ClientAbi(Certainty.PROVEN, ArchitectureFamily.GENERIC);
    }
    if (archId != 0 && told == null && setting == null) {
      refused("its arch_id " + Integer.toHexString(archId) + " is of no machine known here");
      return null;
    }
    ClientArchitecture architecture = told == null ? setting : told;
    if (architecture == null) {
      return ClientAbi.UNKNOWN;
    }
    ByteOrder order = request.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    if (!architecture.runsIn(order)) {
      refused("it is said to be " + architecture + ", which is never " + order);
      return null;
    }
    if (told != null
        && setting != null
        && told.family() != setting.family()
        && logged.compareAndSet(false, true)) {
      LOGGER.log(Level.WARNING, "a client is {0} and not {1}, as was set", told, setting);
    }
    Certainty certainty = told == null ? Certainty.ASSUMED : Certainty.PROVEN;
    return new ClientAbi(certainty, architecture.family());
  }

  private static int archId(Request request) {
    boolean sent = request.argumentBytes() >= InitIn.ARCH_ID_OFFSET + Integer.BYTES;
    return sent ? InitIn.archId(request.in(), Request.ARGUMENTS) : 0;
  }

  /// Whether the client is asked for canonical numbers. Without an `arch_id` the bit means whatever
  /// newer kernels have made of it.
  boolean asks(Request request, long offered) {
    return asks(archId(request), offered);
  }

  private boolean asks(int archId, long offered) {
    return archId != 0
        && canonicalBit >= 0
        && InitFlag.INIT_EXT.in(offered)
        && (offered & 1L << canonicalBit) != 0;
  }

  /// The flag that asks for canonical numbers.
  long canonicalFlag() {
    return 1L << canonicalBit;
  }

  /// What the flags of an OPENDIR add to what is known.
  ClientAbi learn(ClientAbi known, int flags) {
    ArchitectureFamily shown = ArchitectureFamily.ofOpendir(flags);
    if (shown == null || known.certainty() == Certainty.PROVEN) {
      return known;
    }
    if (known.known() && known.family() != shown && logged.compareAndSet(false, true)) {
      LOGGER.log(
          Level.WARNING,
          "a client''s open flags are those of {0} and not of {1}, as was set",
          shown,
          known.family());
    }
    return new ClientAbi(Certainty.PROVEN, shown);
  }

  /// Once for each session, however often its client tries.
  private void refused(String why) {
    if (logged.compareAndSet(false, true)) {
      LOGGER.log(Level.WARNING, "a client is refused: {0}; say its architecture", why);
    }
  }
}
