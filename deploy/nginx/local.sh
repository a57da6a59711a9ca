#!/bin/sh
# local.sh FOLDER PORT SOCKET STATIC MEDIA: writes FOLDER/nginx.conf, which serves the shipped site on
# 127.0.0.1:PORT from the shipped snippets, everything it writes below FOLDER. For `make run` and the tests.
# WORKERS, ACCESS_LOG, ERROR_LOG and THEME, a folder, may be set. Paths may have spaces, but no quotes, backslashes, $ ; # & or braces.
set -eu
folder=$1 port=$2 socket=$3 static=$4 media=$5
here=$(cd "$(dirname "$0")" && pwd)

# What an earlier nginx kept may name another port.
rm -rf "$folder/cache"
mkdir -p "$folder/snippets" "$folder/cache" "$folder/tmp"
# nginx resolves "include snippets/…" against the folder of the main file.
for file in "$here"/snippets/*.conf; do
	sed -e "s#unix:/run/poterne/poterne.sock#\"unix:$socket\"#" \
	    -e "s#/var/cache/nginx/poterne#\"$folder/cache\"#" \
	    -e "s#/usr/share/poterne/static\([^;]*\);#\"$static\1\";#" \
	    -e "s#/etc/poterne/theme\([^;]*\);#\"${THEME:-$folder/no-theme}\1\";#" \
	    -e "s#/var/lib/poterne/media\([^;]*\);#\"$media\1\";#" "$file" > "$folder/snippets/${file##*/}"
done
# A worker of root's nginx would be nobody, and could not reach the socket.
user=
[ "$(id -u)" -ne 0 ] || user="user root;"
six=
[ ! -s /proc/net/if_inet6 ] || six="listen [::1]:$port default_server;"
cat > "$folder/nginx.conf" << CONF
$user
worker_processes ${WORKERS:-2};
daemon off;
pid "$folder/nginx.pid";
error_log ${ERROR_LOG:-stderr} warn;
events { worker_connections 1024; }
http {
	types {
		text/html html;
		text/css css;
		text/plain txt;
		image/svg+xml svg;
		image/png png;
		image/jpeg jpg jpeg;
		image/webp webp;
		image/avif avif;
		image/x-icon ico;
		font/woff2 woff2;
		application/manifest+json webmanifest;
	}
	default_type application/octet-stream;
	charset utf-8;
	charset_types text/css image/svg+xml;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	client_body_temp_path "$folder/tmp/body";
	proxy_temp_path "$folder/tmp/proxy";
	fastcgi_temp_path "$folder/tmp/fastcgi";
	uwsgi_temp_path "$folder/tmp/uwsgi";
	scgi_temp_path "$folder/tmp/scgi";
	include snippets/poterne-http.conf;
	access_log ${ACCESS_LOG:-off};
	server {
		listen 127.0.0.1:$port default_server;
		$six
		server_name localhost;
		include snippets/poterne-site.conf;
	}
}
CONF
