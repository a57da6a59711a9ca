# exports.awk: functions and data that a file offers and no other file takes: dead, or wants to be static.
# nm -A build/obj/*/*.o | awk -f tests/lint/exports.awk tests/lint/seams -
FILENAME != "-" {
	if (!/^(#|$)/)
		seam[$1] = 1
	next
}
{
	kind = $(NF - 1)
	split($1, at, ":")
}
kind == "U" { taken[$NF] = 1 }
kind ~ /^[TDBRC]$/ { offered[$NF] = at[1] }
END {
	taken["main"] = 1
	for (name in offered)
		if (!(name in taken) && !(name in seam)) {
			print offered[name] ": no other file calls " name ": make it static or take it out"
			bad = 1
		}
	for (name in seam)
		if (!(name in offered) || name in taken) {
			print "tests/lint/seams: " name (name in offered ? " has a caller by now" : " is gone") ": take the line out"
			bad = 1
		}
	exit bad
}
