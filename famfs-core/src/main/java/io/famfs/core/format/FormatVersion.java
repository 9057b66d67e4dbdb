package io.famfs.core.format;

/// The three numbers that name a format.
///
/// Version 48 with OMF 2.2 is what is written today. Version 47 with OMF 2.1 has the same layout
/// and lacks one entry type. OMF 1.1 (also version 47) laid interleaved extents out differently.
///
/// @param version the superblock version
/// @param omfMajor a change means another layout
/// @param omfMinor a change means additions
public record FormatVersion(long version, int omfMajor, int omfMinor) {

  /// What can be done with a volume of some version.
  public enum Support {
    /// Read and written.
    READ_WRITE,
    /// Read only.
    READ_ONLY,
    /// Refused.
    NONE
  }

  /// What we write.
  public static final FormatVersion CURRENT = new FormatVersion(48, 2, 2);

  /// Whether a superblock version is one whose superblock layout we know.
  public boolean knownVersion() {
    return version == CURRENT.version || version == CURRENT.version - 1;
  }

  /// What we can do with this version. Additions of a later minor version may own space that we do
  /// not know of, so such a volume is only read.
  public Support support() {
    if (!knownVersion() || omfMajor != CURRENT.omfMajor) {
      return Support.NONE;
    }
    boolean writable =
        version == CURRENT.version && Integer.compareUnsigned(omfMinor, CURRENT.omfMinor) <= 0;
    return writable ? Support.READ_WRITE : Support.READ_ONLY;
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(version)
        + " (OMF "
        + Integer.toUnsignedString(omfMajor)
        + "."
        + Integer.toUnsignedString(omfMinor)
        + ")";
  }
}
