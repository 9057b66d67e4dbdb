package io.famfs.cli;

import io.famfs.core.DaxDevice;
import io.famfs.core.JsonWriter;
import io.famfs.core.Role;
import io.famfs.core.extent.DeviceRange;
import io.famfs.core.format.FormatVersion;
import io.famfs.core.format.LogHeader;
import io.famfs.core.format.Superblock;
import io.famfs.store.CheckReport;
import io.famfs.store.Finding;
import io.famfs.store.VolumeUsage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a check found, for programs: the members of one object that the caller opens and closes.
final class FsckJson {
  private final JsonWriter json;

  FsckJson(JsonWriter json) {
    this.json = json;
  }

  /// Everything.
  void report(CheckReport report, List<? extends DaxDevice> devices, @Nullable UUID host) {
    json.name("clean").value(report.clean());
    faults(report);
    CheckReport.Counts counts = report.counts();
    json.name("bad_entries").value(counts.badEntries());
    json.name("entries_left_out").value(counts.entriesLeftOut());
    json.name("collisions").value(counts.collisions());
    json.name("sum_file_sizes").value(counts.sumFileBytes());
    json.name("missing_devices").beginArray();
    for (CheckReport.Missing missing : report.missing()) {
      json.beginObject().name("index").value(missing.daxdevIndex());
      json.name("uuid").value(missing.uuid().toString());
      json.name("size").value(missing.sizeBytes()).endObject();
    }
    json.endArray();
    if (report.usage() != null) {
      usage(report.usage());
    }
    if (report.superblock() != null) {
      superblock(report.superblock(), host);
    }
    if (report.logHeader() != null) {
      logHeader(report.logHeader());
    }
    json.name("devices").beginArray();
    for (DaxDevice device : devices) {
      json.beginObject().name("name").value(device.name());
      json.name("size").value(device.sizeBytes()).endObject();
    }
    json.endArray();
  }

  private void faults(CheckReport report) {
    json.name("fault_count").value(report.faultCount());
    findings("faults", report.findings());
    findings("notes", report.notes());
  }

  /// A list of findings.
  void findings(String name, List<Finding> findings) {
    json.name(name).beginArray();
    for (Finding finding : findings) {
      json.beginObject().name("rule").value(finding.fault().rule().label());
      json.name("severity").value(finding.severity().label());
      json.name("offset").value(finding.fault().offset());
      if (finding.entryIndex() >= 0) {
        json.name("entry").value(finding.entryIndex());
      }
      if (finding.path() != null) {
        json.name("path").value(finding.path());
      }
      json.name("message").value(finding.fault().message());
      if (finding.detail() != null) {
        json.name("detail").value(finding.detail());
      }
      json.name("advice").value(finding.fault().rule().advice());
      if (!finding.shared().isEmpty()) {
        shared(finding);
      }
      json.endObject();
    }
    json.endArray();
  }

  private void shared(Finding finding) {
    json.name("shared").beginArray();
    for (Finding.SharedRange shared : finding.shared()) {
      DeviceRange range = shared.range();
      json.beginObject().name("entry").value(shared.entryIndex());
      json.name("path").value(shared.path());
      json.name("dev").value(range.daxdevIndex());
      json.name("offset").value(range.offset());
      json.name("len").value(range.lengthBytes()).endObject();
    }
    json.endArray();
  }

  private void usage(VolumeUsage usage) {
    json.name("files").value(usage.files());
    json.name("directories").value(usage.directories());
    json.name("total_bytes").value(usage.totalBytes());
    json.name("allocated_bytes").value(usage.usedBytes());
    json.name("free_bytes").value(usage.freeBytes());
    json.name("largest_free_bytes").value(usage.largestFreeRunBytes());
    json.name("quarantined_bytes").value(usage.quarantinedBytes());
    json.name("log_entries_used").value(usage.logEntriesUsed());
    json.name("log_entries_total").value(usage.logEntriesTotal());
  }

  private void superblock(Superblock superblock, @Nullable UUID host) {
    FormatVersion version = superblock.version();
    json.name("version").unsigned(version.version());
    json.name("omf_major").unsigned(Integer.toUnsignedLong(version.omfMajor()));
    json.name("omf_minor").unsigned(Integer.toUnsignedLong(version.omfMinor()));
    json.name("role")
        .value(Role.of(host, superblock.systemUuid()) == Role.MASTER ? "owner" : "client");
    json.name("fs_uuid").value(superblock.fsUuid().toString());
    json.name("device_uuid").value(superblock.deviceUuid().toString());
    json.name("system_uuid").value(superblock.systemUuid().toString());
    json.name("alloc_unit").unsigned(superblock.allocUnitBytes());
    json.name("log_len").unsigned(superblock.logLengthBytes());
    json.name("device_size").unsigned(superblock.deviceSizeBytes());
  }

  private void logHeader(LogHeader header) {
    json.name("last_index").unsigned(header.lastIndex());
    json.name("next_index").unsigned(header.nextIndex());
    json.name("next_seqnum").unsigned(header.nextSeqnum());
  }
}
