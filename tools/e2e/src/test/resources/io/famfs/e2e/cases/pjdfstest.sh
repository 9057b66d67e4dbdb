# Read by the tests of pjdfstest after their own functions; replaces two of them.
#
# On famfs a path has at most 79 bytes, so names are short. And what is in the log cannot be removed:
# a case that fails because of that is counted as what it is, but the cases behind it, which make
# the same name once more, would all fail with it and say nothing. They get another name.

# Paths that a case wanted to be gone and that are still there.
standing=" "

namegen()
{
	printf 'p_%s\n' "$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')"
}

# The absolute path of a name in a test.
famfs_absolute()
{
	case "$1" in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s/%s\n' "$(pwd)" "$1" ;;
	esac
}

# famfs_rename OLD NEW: gives every variable of a test that holds the one the other.
famfs_rename()
{
	for variable in n0 n1 n2 n3 n4 src dst dstlnk parent src_parent dst_parent name; do
		if eval "[ \"\${$variable:-}\" = \"$1\" ]"; then
			eval "$variable=\"$2\""
		fi
	done
}

# Splits a case into $verb and $target, the path that it makes or removes.
famfs_parse()
{
	verb="" target="" created=""
	while [ $# -gt 0 ]; do
		case "$1" in
		-u | -g | -U) shift 2 ;;
		--) shift ;;
		*) break ;;
		esac
	done
	verb="${1:-}"
	case "$verb" in
	symlink | link) target="${3:-}" ;;
	*) target="${2:-}" ;;
	esac
	case "$verb" in
	create | mkdir | mkfifo | mknod | bind | symlink | link) created=yes ;;
	open) case "${3:-}" in *O_CREAT*) created=yes ;; esac ;;
	esac
}

# expect RESULT [-u UID] [-g GID] [-U UMASK] CALL ARGUMENTS...
expect()
{
	wanted="$1"
	shift
	famfs_parse "$@"
	if [ "$wanted" = 0 ] && [ -n "$created" ] && [ -n "$target" ]; then
		case "$standing" in
		*" $(famfs_absolute "$target") "*)
			old="${target##*/}"
			fresh=$(namegen)
			famfs_rename "$old" "$fresh"
			replaced="${target%"$old"}$fresh"
			famfs_rename "$target" "$replaced"
			for word; do
				shift
				[ "$word" = "$target" ] && word="$replaced"
				set -- "$@" "$word"
			done
			target="$replaced"
			;;
		esac
	fi
	got=$("$fstest" "$@" 2>/dev/null | tail -1)
	if printf '%s\n' "$got" | $GREP -Eq "^($wanted)\$"; then verdict=ok; else verdict="not ok"; fi
	case "$verb" in
	unlink | rmdir | rename)
		case "$verdict $wanted" in
		"not ok 0"*) standing="$standing$(famfs_absolute "$target") " ;;
		esac
		;;
	esac
	# A message of the suite means that it expects the case to fail on Linux.
	echo "$verdict $ntest${todomsg:+ # todo $todomsg} - $* : expected $wanted, got $got"
	todomsg=""
	: $((ntest += 1))
}
