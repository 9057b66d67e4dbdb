# Sourced by the launchers: builds the command line when it is missing and runs it on a JDK 25.
# Set `root` (the project's folder) before.

app=$root/tools/cli/target/app

built() { # the program and, copied last, what it stands on
  for jar in cli famfs-core picocli; do
    set -- "$app/$jar"-*.jar
    [ -e "$1" ] || return 1
  done
}

build_app() {
  log=$root/tools/cli/target/build.log
  mkdir -p "${log%/*}"
  # Whoever comes second waits for the first one's build.
  exec 9>"$log.lock"
  flock 9 2>/dev/null || true
  built && return
  echo "famfs: building the command line once (a minute or two; watch $log)" >&2
  "$root/mvnw" -q --batch-mode -DskipTests -Dspotless.check.skip -Dcheckstyle.skip -pl tools/cli -am package >"$log" 2>&1 9>&- || {
    rm -rf "$app"
    tail -n 20 "$log" >&2
    echo "famfs: the build failed; the whole log is $log" >&2
    exit 1
  }
  exec 9>&-
}

launch() { # launch MAIN-CLASS ARGUMENT...
  java=$(find_jdk java)/bin/java
  built || build_app
  main=$1
  shift
  # Short commands end before the second compiler pays; servers and the content of seeds live on it.
  case ${1:-} in
  serve | mount | bench | demo | creat | verify) tiers= ;;
  *) tiers=-XX:TieredStopAtLevel=1 ;;
  esac
  # What the hexadecimal dump is made with is old-fashioned: it gets its permissions, nobody else.
  modules=$app
  hex=
  if [ "${1:-}" = dump ]; then
    modules=$app:$app/hex
    hex="--add-modules chronicle.bytes,org.slf4j,jdk.unsupported --add-opens java.base/java.lang.reflect=chronicle.core --add-exports java.base/jdk.internal.ref=chronicle.core --add-opens java.base/sun.nio.ch=chronicle.core --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR"
  fi
  exec "$java" "-Dfamfs.launcher=$root/tools/bin/famfs" "-Dfamfs.root=$root" ${HOME:+"-Duser.home=$HOME"} -XX:+UseSerialGC -Xshare:auto -Xmx1g $tiers ${FAMFS_JAVA_OPTIONS:-} \
    --enable-native-access=io.famfs.dax $hex --module-path "$modules" --module "io.famfs.cli/$main" "$@"
}
