# Sourced by the launchers: builds the command line when it is missing and runs it on a JDK 25.
# Set `root` (the project's folder) before.

app=$root/tools/cli/target/app

build_app() {
  echo "famfs: building the command line once (./mvnw package)" >&2
  log=$root/tools/cli/target/build.log
  mkdir -p "${log%/*}"
  "$root/mvnw" -q --batch-mode -DskipTests -Dskip.checks=true -pl tools/cli -am package >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "famfs: the build failed; the whole log is $log" >&2
    exit 1
  }
}

launch() { # launch MAIN-CLASS ARGUMENT...
  [ -d "$app" ] || build_app
  java=$(find_jdk java)/bin/java
  main=$1
  shift
  # Short commands end before the second compiler pays; the servers live on it.
  case ${1:-} in
  serve | mount | demo) tiers= ;;
  *) tiers=-XX:TieredStopAtLevel=1 ;;
  esac
  exec "$java" "-Dfamfs.launcher=$root/tools/bin/famfs" "-Dfamfs.root=$root" -XX:+UseSerialGC -Xshare:auto -Xmx1g $tiers ${FAMFS_JAVA_OPTIONS:-} \
    --enable-native-access=io.famfs.dax --module-path "$app" --module "io.famfs.cli/$main" "$@"
}
