# find_jdk NAME: prints the home of a JDK 25 or newer that has bin/NAME (java or javac), or fails.
# Looked at in this order: FAMFS_JAVA_HOME, JAVA_HOME, JDK_HOME, the one on the PATH, then the
# newest among the usual install folders. An older JDK never stops the search.

MIN_JDK=25

jdk_feature() { # jdk_feature HOME: its feature number, from the release file
  [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

jdk_fits() { # jdk_fits HOME NAME
  [ -x "$1/bin/$2" ] || return 1
  f=$(jdk_feature "$1") && [ "${f:-0}" -ge "$MIN_JDK" ]
}

find_jdk() {
  for h in "${FAMFS_JAVA_HOME:-}" "${JAVA_HOME:-}" "${JDK_HOME:-}"; do
    if [ -n "$h" ] && jdk_fits "$h" "$1"; then
      echo "$h"
      return 0
    fi
  done
  p=$(command -v "$1" 2>/dev/null) && p=$(readlink -f "$p") && p=${p%/bin/"$1"} &&
    if jdk_fits "$p" "$1"; then
      echo "$p"
      return 0
    fi
  best='' bestf=0
  for h in /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
    "${HOME:-/nonexistent}"/.jdks/*; do
    if jdk_fits "$h" "$1"; then
      f=$(jdk_feature "$h")
      if [ "$f" -gt "$bestf" ]; then best=$h bestf=$f; fi
    fi
  done
  [ -n "$best" ] || {
    echo "famfs: no JDK $MIN_JDK or newer found: install one (Debian: openjdk-$MIN_JDK-jdk) or set FAMFS_JAVA_HOME to it." >&2
    return 1
  }
  echo "$best"
}
