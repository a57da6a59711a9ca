# nginx.awk: faults of nginx settings that nginx -t lets pass. awk -f tests/lint/nginx.awk deploy/nginx/*.conf …/snippets/*.conf
# NG3: alias with both slashes or none, no decoded variable in a redirect. NG9: only variables that stay the same during
# a request are passed on. add_header does not merge, so whoever has one includes the common headers. LK10: no cached lane
# without an empty cookie.
function complain(what) {
	print FILENAME ":" FNR ": " what
	bad = 1
}
function close_block() {
	if (headers && !common)
		complain("add_header without include snippets/poterne-headers.conf: the others would be lost")
	if (cached && !no_cookie)
		complain("a cached location must not pass the cookie on: fastcgi_param HTTP_COOKIE \"\"")
	headers = common = cached = no_cookie = 0
	place = ""
}
BEGIN {
	constant["request_method"] = constant["request_uri"] = constant["content_type"] = constant["content_length"] = 1
	constant["remote_addr"] = constant["server_protocol"] = constant["request_id"] = constant["poterne_coding"] = 1
	constant["scheme"] = constant["host"] = constant["server_port"] = 1
}
/^[ \t]*#/ { next }
/^[ \t]*location / {
	close_block()
	place = $(NF - 1)
	regex = $0 ~ / ~\*? /
}
/^[ \t]*\}/ { close_block() }
/[ \t]alias / {
	ends = $2 ~ /\/"?;$/
	if (!regex && (place ~ /\/$/) != ends)
		complain("alias " $2 " in " place ": both end in a slash or neither does")
}
/^[ \t]*(return|rewrite) / && /\$(uri|document_uri|args|arg_|http_|cookie_|host)/ {
	complain("a redirect is made of $request_uri and constants only")
}
/fastcgi_param/ {
	rest = $0
	while (match(rest, /\$[a-z_]+/)) {
		name = substr(rest, RSTART + 1, RLENGTH - 1)
		if (!(name in constant))
			complain("$" name " may change during a request, or is the client's word")
		rest = substr(rest, RSTART + RLENGTH)
	}
	if (/HTTP_COOKIE ""/)
		no_cookie = 1
}
/^[ \t]*fastcgi_cache [a-z]/ { cached = 1 }
/^[ \t]*add_header / && FILENAME !~ /poterne-headers/ { headers = 1 }
/include snippets\/poterne-headers\.conf/ { common = 1 }
/ssl_protocols/ && /TLSv1(\.1)?[ ;]/ { complain("TLS from 1.2 on") }
/autoindex on|dav_methods|ssi on|fastcgi_intercept_errors on|proxy_pass/ { complain("not in this site: " $1) }
END { exit bad }
