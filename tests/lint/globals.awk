# globals.awk: no mutable globals but the stop flag, metrics, log level and what is listed. awk -f … src/*/*.c
BEGIN { allowed = "^src/(base/(metrics|log|clock)|app/(serve|work|main))\\.c$" }
# A declaration in the first column that is no function, type, constant or prototype.
FILENAME !~ allowed && /^(static )?[a-z_][a-z_0-9 ]* [*]*[a-z_0-9]+(\[[^]]*\])*( =.*|;)$/ &&
	$0 !~ /(^| )const |^typedef|^extern|^struct [a-z_]+;|^enum|^union [a-z_]+;|^return|^goto/ {
	print FILENAME ":" FNR ": a mutable global: " $0
	bad = 1
}
# Inside functions.
FILENAME !~ allowed && /^[ \t]+static / && $0 !~ /static (const|_Thread_local)|static char last_resort/ && $0 !~ /\(/ && $0 !~ /const/ {
	print FILENAME ":" FNR ": a mutable static: " $0
	bad = 1
}
END { exit bad }
