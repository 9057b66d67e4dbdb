package io.famfs.store;

import static io.famfs.store.MediaEditor.UNIT;
import static io.famfs.store.MediaEditor.file;
import static io.famfs.store.MediaEditor.mkdir;
import static io.famfs.store.MediaEditor.units;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.famfs.core.format.LogHeaderLayout;
import io.famfs.core.format.MediaFault.Rule;
import io.famfs.store.Finding.SharedRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a check says beside rule and place.
class CheckFindingsTest {
  private MediaEditor media;

  @BeforeEach
  void makeVolume() throws Exception {
    media = MediaEditor.fresh(48);
  }

  private CheckReport check() {
    return VolumeCheck.check(List.of(media.device().readOnly()));
  }

  private Finding only(Rule rule) {
    CheckReport report = check();
    assertEquals(List.of(rule), report.findings().stream().map(f -> f.fault().rule()).toList());
    assertEquals(1, report.faultCount());
    return report.findings().getFirst();
  }

  @Test
  void bothPartiesOfACrossLinkAreNamedWithWhatTheyShare() {
    media
        .append(file("a", UNIT, units(0, 3)))
        .append(mkdir("d"))
        .append(file("d/b", UNIT, units(5, 1)))
        .append(file("d/c", 4 * UNIT, units(2, 4)));
    Finding finding = only(Rule.CROSS_LINK);
    assertEquals(3, finding.entryIndex());
    assertEquals("d/c", finding.path());
    assertEquals(
        List.of(new SharedRange(0, "a", units(2, 1)), new SharedRange(2, "d/b", units(5, 1))),
        finding.shared());
    assertTrue(finding.describe().contains("with entry 2 ('d/b')"), finding.describe());
    assertEquals(Severity.SHARED, finding.severity());
  }

  @Test
  void aHeaderThatLostCountIsAFault() {
    for (int i = 0; i < 10; i++) {
      media.append(mkdir("d" + i));
    }
    media.setNextIndex(5);
    Finding finding = only(Rule.LOG_ENTRIES_BEYOND);
    assertEquals(LogHeaderLayout.MEDIA_OFFSET + 40, finding.fault().offset());
    assertTrue(
        finding.describe().contains("next index says 5, but 5 valid entries follow up to slot 9"));
    assertEquals(Severity.LEFT_OUT, finding.severity());
  }

  @Test
  void anEntryThatWasNeverPublishedIsNoFault() {
    media.append(mkdir("d")).append(mkdir("e"));
    media.setNextIndex(1);
    assertTrue(check().clean());
    media.entry(1).set(ValueLayout.JAVA_BYTE, 100, (byte) 1);
    assertTrue(check().clean());
  }

  @Test
  void staleBytesBehindTheFirstFreeSlotAreNoted() {
    media.append(mkdir("d"));
    media.entry(7).set(ValueLayout.JAVA_BYTE, 100, (byte) 1);
    assertTrue(check().clean());
    Finding finding = check().notes().getFirst();
    assertEquals(Rule.LOG_TAIL, finding.fault().rule());
    assertEquals(LogHeaderLayout.entryMediaOffset(1), finding.fault().offset());
    assertTrue(finding.fault().message().endsWith("slot 7"), finding.fault().message());
    assertEquals(Severity.COSMETIC, finding.severity());
  }

  @Test
  void slotsThatHoldNothingOrSomethingElseAreToldApart() {
    media.append(mkdir("a")).append(mkdir("b")).append(mkdir("c")).append(mkdir("d"));
    media.entry(1).fill((byte) 0);
    MemorySegment.copy(media.entry(0), 0, media.entry(2), 0, 544);
    media.entry(3).set(ValueLayout.JAVA_BYTE, 100, (byte) 1);
    List<Finding> findings = check().findings();
    assertEquals("the slot is empty", findings.get(0).detail());
    assertNull(findings.get(0).path());
    assertEquals("it is the entry of another slot", findings.get(1).detail());
    assertEquals("a", findings.get(1).path());
    assertNull(findings.get(2).detail());
    assertEquals(List.of(1L, 2L, 3L), findings.stream().map(Finding::entryIndex).toList());
  }
}
