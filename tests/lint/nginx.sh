#!/bin/sh
# nginx.sh: the shipped site, as it stands, is accepted by nginx: with a certificate of its own, in a temporary folder.
set -eu
cd "$(dirname "$0")/../.."
if ! command -v nginx > /dev/null || ! command -v openssl > /dev/null; then
	echo "skipped: nginx or openssl is missing"
	exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/snippets" "$folder/cache"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=www.example.org \
	-keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2> /dev/null
for file in deploy/nginx/poterne.conf deploy/nginx/snippets/*.conf; do
	sed -e "s#/etc/letsencrypt/live/www.example.org#$folder#" -e "s#/var/cache/nginx/poterne#$folder/cache#" \
	    -e "s#/var/log/nginx#$folder#" "$file" > "$folder/${file#deploy/nginx/}"
done
cat > "$folder/nginx.conf" << CONF
pid $folder/nginx.pid;
error_log stderr warn;
events { }
http {
	include poterne.conf;
}
CONF
nginx -t -q -p "$folder" -c "$folder/nginx.conf" -e stderr
