# fences.awk: outside headers stay behind their file; format/ and core/entitlement know no clock, disk, database or global.
# awk -f tests/lint/fences.awk src/*/*.[ch]
BEGIN {
	fence["fcgiapp.h"] = "^web/fastcgi$"
	fence["fcgi_stdio.h"] = "^$"
	fence["sqlite3.h"] = "^store/db_sqlite(_[a-z]+)?$"
	fence["libpq-fe.h"] = "^store/db_postgres(_[a-z]+)?$"
	fence["cmark.h"] = "^format/(markdown|markdown_memory|figures|typography|teaser)$"
	fence["curl/curl.h"] = "^app/(curl_library|mailer|fetch)$"
	fence["resolv.h"] = "^app/dns_text$"
	fence["sodium.h"] = "^(base/token|base/password|format/paseto(_[a-z]+)?|format/signature|core/(key_file|keyring|seal|password|throttle)|app/main)$"
	fence["ini.h"] = "^format/config(_[a-z]+)?$"
	fence["yaml.h"] = "^format/frontmatter$"
	fence["libdeflate.h"] = fence["brotli/encode.h"] = "^format/compress$"
	fence["dlfcn.h"] = "^app/late_library$"
	fence["libstemmer.h"] = "^(format|store)/"
	pure = "^(format/|core/entitlement$)"
	impure = "^(time|unistd|fcntl|dirent|pthread|sys/.*|stdatomic|sqlite3)\\.h$"
}
FNR == 1 {
	me = FILENAME
	sub(/^src\//, "", me)
	sub(/\.[ch]$/, "", me)
}
/^#[ \t]*include </ {
	head = $0
	sub(/^[^<]*</, "", head)
	sub(/>.*/, "", head)
	if (head in fence && me !~ fence[head]) {
		print FILENAME ":" FNR ": <" head "> is fenced in: " fence[head]
		bad = 1
	}
	if (me ~ pure && head ~ impure) {
		print FILENAME ":" FNR ": pure files do not include <" head ">"
		bad = 1
	}
}
/^#include "(store|web|app)\// && me ~ pure {
	print FILENAME ":" FNR ": a pure file reaches up"
	bad = 1
}
END { exit bad }
