# sql.awk: SQL text is a named constant with $1, $2 ascending; nothing builds it at run time, no ?1, no SQLite-only words
# in what PostgreSQL runs too.   awk -f tests/lint/sql.awk src/*/*.c
function complain(what) {
	print FILENAME ":" FNR ": " what
	bad = 1
}
FNR == 1 {
	sqlite_only = FILENAME ~ /db_sqlite|\/migrate|\/check|\/search_/
	inside = 0
}
# A string that begins like a statement must belong to a constant.
/"(SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE) / {
	if (!constant && $0 !~ /static const char|^[ \t]*\[[A-Z_]+\]|^[ \t]*"|^[ \t]*(#define|\{)/)
		complain("SQL stands in a named constant: static const char NAME[] = …")
	if ($0 ~ /%[a-z]/ && $0 !~ /LIKE|%%/)
		complain("SQL is not formatted: bind with $1")
}
/(printf|strcat|buf_put|buf_printf|arena_printf|asprintf)[a-z_]*\(.*"(SELECT|INSERT|UPDATE|DELETE) / {
	complain("SQL built at run time")
}
{
	constant = $0 ~ /static const char [a-z_]+\[\] =[ \t]*$/ || (constant && $0 ~ /^[ \t]*"/)
}
/static const char [a-z_]+\[\] =/ {
	inside = $0 !~ /= [A-Z_]+ "/ # begins with a macro: its parameters come first
	top = 0
}
inside && /"/ {
	text = $0
	if (text ~ /\?[0-9]/ && text ~ /(WHERE|VALUES|SET|AND)/)
		complain("write $1 for parameters, not ?1")
	while (match(text, /\$[0-9]+/)) {
		n = substr(text, RSTART + 1, RLENGTH - 1) + 0
		if (n > top + 1)
			complain("$" n " appears before $" (top + 1) ": SQLite numbers by first appearance")
		if (n > top)
			top = n
		text = substr(text, RSTART + RLENGTH)
	}
	if (!sqlite_only && $0 ~ /(strftime|julianday|unixepoch|last_insert_rowid|AUTOINCREMENT|INSERT OR |GLOB |IFNULL|rowid)/)
		complain("only SQLite knows this word")
}
inside && /;[ \t]*$/ { inside = 0 }
END { exit bad }
