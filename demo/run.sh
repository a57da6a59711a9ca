#!/bin/sh
# run.sh: `make run`. Installs what is missing, builds, lays out VAR once, and runs worker, daemon and nginx until
# Ctrl-C. Again: keeps the data. PORT and VAR come from the environment.
set -eu
umask 077
cd "$(dirname "$0")/.."
root=$(pwd)
port=${PORT:-8080}
var=${VAR:-var}
build=${BUILD:-build}

say() { printf '%s\n' "$*" >&2; }
refuse() { say "make run: $*"; exit 1; }

case $port in '' | *[!0-9]*) refuse "PORT=$port: write a number from 1 to 65535" ;; esac
if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then refuse "PORT=$port: write a number from 1 to 65535"; fi

sh deploy/packages.sh run
make -s BUILD="$build" all

# Before anything is made: the port, the place, the room.
if ! sh deploy/port_free.sh "$port"; then
	refuse "port $port is taken by another program; stop it, or: make run PORT=8081"
fi
parent=$(dirname "$var")
[ -d "$parent" ] || refuse "VAR=$var: the folder $parent does not exist; make it first, or name another place"
if [ -e "$var" ]; then
	[ -d "$var" ] && [ -w "$var" ] || refuse "VAR=$var: not a folder that $(id -un) may write to; name another place"
else
	[ -w "$parent" ] || refuse "VAR=$var: $(id -un) may not write to $parent; name another place"
fi
free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge 51200 ] || refuse "VAR=$var: less than 50 MB of disk space is left there; free some, or name another place"

# A first start is laid out aside and moved into place whole.
if [ ! -e "$var/poterne.db" ]; then
	fresh=$(mktemp -d "$parent/.poterne-run.XXXXXX")
	trap 'rm -rf "$fresh"' EXIT
	trap 'exit 130' INT TERM
	sh demo/lay_out.sh "$root" "$fresh" "$port" "$build" || refuse "the demo could not be laid out (see above); nothing was kept"
	mkdir -p "$var"
	for item in "$fresh"/* ; do mv "$item" "$var"/; done
	rm -rf "$fresh"
	trap - EXIT INT TERM
fi
var=$(cd "$var" && pwd)
poterne="$build/poterne --config $var/poterne.conf --set site.url=http://localhost:$port"
# shellcheck disable=SC2089
export POTERNE_PATHS_DATABASE="$var/poterne.db" POTERNE_PATHS_KEYS="$var/keys" POTERNE_PATHS_MEDIA="$var/media" \
	POTERNE_SERVER_SOCKET="$var/poterne.sock"
$poterne migrate > /dev/null || refuse "the database could not be brought up to date (see above)"
sh deploy/nginx/local.sh "$var/nginx" "$port" "$var/poterne.sock" "$root/static" "$var/media"

started=
stop() {
	trap - EXIT
	trap '' INT TERM
	for pid in $started; do kill -TERM "$pid" 2> /dev/null || :; done
	for pid in $started; do wait "$pid" 2> /dev/null || :; done
	say "stopped."
}
trap stop EXIT
trap 'exit 0' INT TERM
$poterne work & worker=$! started=$worker
$poterne serve & daemon=$! started="$daemon $started"
nginx -p "$var/nginx" -c "$var/nginx/nginx.conf" -e stderr & front=$! started="$front $started"

tries=0
until curl -fs -o /dev/null "http://localhost:$port/healthz"; do
	tries=$((tries + 1))
	kill -0 "$daemon" 2> /dev/null || refuse "the daemon did not start (see above)"
	kill -0 "$front" 2> /dev/null || refuse "nginx did not start (see above)"
	[ "$tries" -lt 100 ] || refuse "no answer on port $port"
	sleep 0.1
done
link() { $poterne session issue "$1" --link; }
cat << EOF

  Le Perron is open:   http://localhost:$port/

  Camille, subscribed  camille@exemple.fr     $(link camille@exemple.fr)
  Dominique, expired   dominique@exemple.fr   $(link dominique@exemple.fr)
  (each link signs one browser in, once; \`make run\` again prints new ones)

  Data in $var. Ctrl-C stops everything and keeps it.

EOF
# Whichever ends first takes the others with it.
while kill -0 "$daemon" 2> /dev/null && kill -0 "$front" 2> /dev/null && kill -0 "$worker" 2> /dev/null; do
	sleep 1 & wait $! || :
done
refuse "a part has stopped by itself (see above)"
