# find_maven: prints the path of a usable mvn: the one on the PATH, or the Debian package, fetched
# through a private apt state (signatures checked, nothing installed) and unpacked into the cache.

CACHE=${FAMFS_BUILD_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/famfs/build}

maven_fits() { # maven_fits MVN: at least 3.8.7
  v=$("$1" --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p') && [ -n "$v" ] &&
    [ "$(printf '3.8.7\n%s\n' "$v" | sort -V | head -n 1)" = 3.8.7 ]
}

find_maven() {
  m=$(command -v mvn 2>/dev/null) && maven_fits "$m" && {
    echo "$m"
    return 0
  }
  m=$CACHE/maven/usr/share/maven/bin/mvn
  [ -x "$m" ] || fetch_maven || return 1
  echo "$m"
}

fetch_maven() {
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "famfs: no Maven on the PATH and no apt-get to fetch one: install Maven 3.8.7 or newer." >&2
    return 1
  }
  echo "famfs: fetching Maven once (unpacked below $CACHE, nothing is installed)" >&2
  mkdir -p "$CACHE"
  tmp=$(mktemp -d "$CACHE/fetch.XXXXXX") || return 1
  if download_maven "$tmp" >"$tmp/log" 2>&1; then
    rm -rf "$CACHE/maven"
    mv "$tmp/root" "$CACHE/maven"
    rm -rf "$tmp"
  else
    echo "famfs: Maven could not be fetched by apt-get: $(grep -m 1 '^[EW]:' "$tmp/log" || tail -n 1 "$tmp/log")" >&2
    rm -rf "$tmp"
    return 1
  fi
}

download_maven() ( # download_maven DIR: leaves DIR/root
  set -e
  mkdir -p "$1/lists/partial" "$1/archives/partial" "$1/root"
  : >"$1/status"
  cat >"$1/apt.conf" <<EOC
Dir::State "$1";
Dir::State::lists "$1/lists";
Dir::State::status "$1/status";
Dir::Cache "$1";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Acquire::Languages "none";
EOC
  export APT_CONFIG="$1/apt.conf"
  # A third-party source that does not answer must not stop the build: what counts is the package.
  apt-get -q update || true
  names=$(apt-get install --print-uris -qq maven | sed -n "s/^'[^']*' \([^_ ]*\)_.*/\1/p" |
    grep -E '^(maven|lib.*-java)$')
  cd "$1/archives"
  apt-get -q download $names
  for d in *.deb; do dpkg-deb -x "$d" "$1/root"; done
  cd "$1/root/usr/share/maven"
  rm -f conf bin/m2.conf
  ln -s ../../../etc/maven conf
  ln -s ../conf/m2.conf bin/m2.conf
  [ -x bin/mvn ]
)
