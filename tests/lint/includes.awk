# includes.awk: a file includes only files listed before its own stem in src/ORDER, and every stem of ORDER is there.
# awk -f tests/lint/includes.awk src/ORDER src/*/*.[ch]
BEGIN {
	split("base format store core web app", floors, " ")
	floor = 1
}
FNR == NR {
	if ($1 in rank) {
		print "src/ORDER:" FNR ": " $1 " stands twice"
		bad = 1
	}
	rank[$1] = FNR
	for (f = 1; f < 6 && index($1, floors[f] "/") != 1; f++)
		;
	if (f < floor) {
		print "src/ORDER:" FNR ": " $1 " stands above what its floor may use"
		bad = 1
	}
	floor = f
	next
}
FNR == 1 {
	me = FILENAME
	sub(/^src\//, "", me)
	sub(/\.[ch]$/, "", me)
	seen[me] = 1
	if (!(me in rank)) {
		print FILENAME ": its stem is not in src/ORDER"
		bad = 1
	}
}
/^#include "/ {
	up = $2
	gsub(/"/, "", up)
	sub(/\.h$/, "", up)
	if (!(up in rank) || (up != me && rank[up] >= rank[me])) {
		print FILENAME ":" FNR ": " me " must not include " up
		bad = 1
	}
}
END {
	for (stem in rank)
		if (!(stem in seen)) {
			print "src/ORDER:" rank[stem] ": there is no src/" stem ".c or .h"
			bad = 1
		}
	exit bad
}
