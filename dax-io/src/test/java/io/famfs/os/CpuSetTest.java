package io.famfs.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {
  @Test
  void listsAreTakenAsTasksetTakesThem() {
    assertEquals("0,4,5,6,7", CpuSet.parse("0,4-7").toString());
    assertEquals(CpuSet.parse("1,2,3"), CpuSet.parse("3, 1-2"));
    assertEquals(5, CpuSet.parse("0,4-7").count());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "a", "1-", "-1", "3-1", "1-2-3", "8192", "99999999999"})
  void whatIsNoListIsRefused(String list) {
    assertThrows(IllegalArgumentException.class, () -> CpuSet.parse(list));
  }

  @Test
  void membersAreGivenOutInTurn() {
    CpuSet set = CpuSet.parse("2,5");
    assertEquals("2", set.one(0).toString());
    assertEquals("5", set.one(1).toString());
    assertEquals("2", set.one(2).toString());
  }

  @Test
  void aThreadThatIsBoundRunsThereAndNoOtherThreadIs() throws Exception {
    CpuSet before = CpuSet.ofThisThread();
    CpuSet last = before.one(before.count() - 1);
    FutureTask<CpuSet> bound =
        new FutureTask<>(() -> {
          last.bindThisThread();
          return CpuSet.ofThisThread();
        });
    Thread.ofPlatform().start(bound);
    assertEquals(last, bound.get());
    assertEquals(before, CpuSet.ofThisThread());
  }

  @Test
  void processorsThatAreNotThereAreRefused() {
    assertThrows(ErrnoException.class, () -> CpuSet.parse("8191").bindThisThread());
  }
}
