package io.famfs.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The layering of the house: who may know whom, and the one door to native code.
class ArchitectureTest {
  private static final String[] STORE = {"io.famfs.store.."};
  private static final String[] FUSE = {"io.famfs.fuse.."};
  private static final String[] VIRTIO = {
    "io.famfs.virtio..", "io.famfs.vhostuser..", "io.famfs.virtiofs.."
  };
  private static final String[] NATIVE = {"io.famfs.os..", "io.famfs.dax.."};
  private static final String[] TOOLS = {"io.famfs.cli..", "io.famfs.bench.."};

  private static JavaClasses classes;

  @BeforeAll
  static void readAllClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.famfs");
    assertTrue(classes.size() > 50, "the class path holds the whole project: " + classes.size());
  }

  @Test
  void onlyTheLibcPackageLinksNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.famfs.os.libc")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Linker.class, SymbolLookup.class)
        .orShould()
        .callMethodWhere(
            JavaCall.Predicates.target(HasName.Predicates.nameMatching("reinterpret|withTargetLayout")))
        .check(classes);
  }

  @Test
  void nothingUsesUnsafe() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("sun.misc.Unsafe")
        .check(classes);
  }

  @Test
  void theCoreKnowsNobody() {
    classes()
        .that()
        .resideInAPackage("io.famfs.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.famfs.core..", "java..", "org.jspecify..")
        .check(classes);
  }

  @Test
  void theStoreKnowsNeitherFuseNorDescriptors() {
    noDependency(STORE, FUSE);
    noDependency(STORE, VIRTIO);
    noDependency(STORE, NATIVE);
  }

  @Test
  void nativeAccessKnowsNeitherLogNorFuse() {
    noDependency(NATIVE, STORE);
    noDependency(NATIVE, FUSE);
    noDependency(NATIVE, VIRTIO);
  }

  @Test
  void virtioAndVhostUserKnowNoFuse() {
    noDependency(new String[] {"io.famfs.virtio..", "io.famfs.vhostuser.."}, FUSE);
    noDependency(VIRTIO, STORE);
  }

  @Test
  void onlyTheFamfsPackageSeesBothFuseAndTheStore() {
    noDependency(
        new String[] {
          "io.famfs.fuse.protocol..", "io.famfs.fuse.server..", "io.famfs.fuse.device.."
        },
        STORE);
  }

  @Test
  void nobodyDependsOnTheTools() {
    noDependency(STORE, TOOLS);
    noDependency(FUSE, TOOLS);
    noDependency(VIRTIO, TOOLS);
    noDependency(NATIVE, TOOLS);
    noDependency(new String[] {"io.famfs.e2e.."}, TOOLS);
  }

  @Test
  void onlyTheCommandLinePrints() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.famfs.cli..", "io.famfs.e2e..", "io.famfs.bench..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.famfs.(**)").should().beFreeOfCycles().check(classes);
  }

  private static void noDependency(String[] from, String[] to) {
    noClasses()
        .that()
        .resideInAnyPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(to)
        .check(classes);
  }
}
