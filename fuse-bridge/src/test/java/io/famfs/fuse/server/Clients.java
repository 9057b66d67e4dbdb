package io.famfs.fuse.server;

import java.util.List;

/// Clients without a session.
public final class Clients {
  private Clients() {}

  /// One that has agreed on nothing.
  public static Client any() {
    return new Client(null, new ClientView(false, null, Identities.same()));
  }

  /// What one is told whose kernel was given its devices.
  ///
  /// @param probe what the kernel answers to the probe for its slots; 0 when it was given nothing
  public static ClientMaps mapping(int probe) {
    DeviceRegistration devices = new DeviceRegistration(List.of("/dev/dax0.0"));
    if (probe != 0) {
      devices.run((path, index) -> index == 0 ? 0 : probe);
    }
    return new ClientMaps(true, false, devices);
  }

  /// Ends its session.
  public static void end(Client client) {
    client.end();
  }
}
