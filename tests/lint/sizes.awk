# sizes.awk: files of at most 400 lines, functions of at most 60, headers of fewer than 60 besides comments and blank lines.
# awk -f tests/lint/sizes.awk src/*/*.[ch]
function close_file() {
	if (name ~ /\.c$/ && lines > 400)
		complain(name ": " lines " lines; 400 at most")
	if (name ~ /\.h$/ && said >= 60)
		complain(name ": " said " lines besides comments; a header has fewer than 60")
}
function complain(what) {
	print what
	bad = 1
}
FNR == 1 {
	close_file()
	name = FILENAME
	began = said = 0
}
{ lines = FNR }
!/^[ \t]*$/ && !/^[ \t]*(\/\*|\*)/ { said++ }
# Style: the brace of a function stands alone in the first column.
/^\{/ { began = FNR }
/^\}/ {
	if (began && FNR - began - 1 > 60)
		complain(FILENAME ":" began ": a function of " (FNR - began - 1) " lines; 60 at most")
	began = 0
}
END {
	close_file()
	exit bad
}
