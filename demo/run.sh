#!/bin/bash
# run.sh: `make run`. Installs what is missing, builds, lays out VAR once, and runs worker, daemon and nginx until
# Ctrl-C. Again: keeps the data. PORT, VAR and BUILD come from the environment.
set -eu
umask 077
cd "$(dirname "$0")/.."
root=$PWD
port=${PORT:-8080}
var=${VAR:-var}
build=${BUILD:-build}

say() { printf '%s\n' "$*" >&2; }
refuse() {
	say "make run: $*"
	exit 1
}

# Before anything is made: the port, the place, the room.
check_port() {
	case $port in '' | *[!0-9]* | ??????*) refuse "PORT=$port: write a number from 1 to 65535" ;; esac
	if [ "$port" -lt 1 ] || [ "$port" -gt 65535 ]; then refuse "PORT=$port: write a number from 1 to 65535"; fi
	sh deploy/port_free.sh "$port" || refuse "port $port is taken by another program; stop it, or: make run PORT=$((port % 65535 + 1))"
}

check_place() {
	local name=$1
	case $var in *[\"\'\\\$\;\{\}\#\&\*]* | *$'\n'*) refuse "VAR=$var: take a name without quotes and signs like \$ ; # & { }" ;; esac
	case $root in *[\"\'\\\$\;\{\}\#\&]*) refuse "the folder $root has quotes or signs like \$ ; # & { } in its name; move the checkout" ;; esac
	[ -d "$(dirname "$var")" ] || refuse "VAR=$name: the folder $(dirname "$var") does not exist; make it first, or name another place"
	parent=$(cd "$(dirname "$var")" && pwd)
	var=${parent%/}/$(basename "$var")
	[ "$(printf %s "$var/poterne.sock" | wc -c)" -le 107 ] || refuse "VAR=$name: the path is too long for a socket; name a shorter one"
	if [ -e "$var" ] || [ -L "$var" ]; then
		if ! [ -d "$var" ] || ! [ -w "$var" ]; then refuse "VAR=$name: not a folder that $(id -un) may write to; name another place"; fi
	elif ! [ -w "$parent" ]; then
		refuse "VAR=$name: $(id -un) may not write to $parent; name another place"
	fi
}

check_room() {
	local free
	free=$(df -Pk "$parent" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge 51200 ] || refuse "VAR=$var: less than 50 MB of disk space is left there; free some, or name another place"
}

# A first start is laid out aside and moved into place whole; the database comes last, it says that all is there.
lay_out() {
	fresh=$(mktemp -d "$parent/.poterne-run.XXXXXX") || refuse "VAR=$var: nothing can be written to $parent"
	trap 'rm -rf "$fresh"' EXIT
	trap 'exit 130' INT TERM HUP
	sh demo/lay_out.sh "$root" "$fresh" "$var" "$port" "$build" || refuse "the demo could not be laid out (see above); nothing was kept"
	mkdir -p "$var"
	for item in "$fresh"/*; do
		case $item in */poterne.db*) continue ;; esac
		rm -rf "${var:?}/${item##*/}"
		mv "$item" "$var/"
	done
	mv "$fresh"/poterne.db* "$var/"
	rm -rf "$fresh"
	trap - EXIT INT TERM HUP
}

poterne() { "$build/poterne" --config "$var/poterne.conf" "$@"; }

check_port
check_place "$var"
check_room
sh deploy/packages.sh run
make -s -j"$(nproc)" BUILD="$build" all

if ! [ -e "$var/poterne.db" ]; then lay_out; fi
exec 9> "$var/run.lock" || refuse "VAR=$var: $(id -un) may not write there"
flock -n 9 || refuse "VAR=$var: another \`make run\` uses it; stop that one, or name another place"
# The checkout may have moved and the port may be another since the settings were written.
sed -i "s#^url = http://localhost:[0-9]*\$#url = http://localhost:$port#" "$var/poterne.conf"
export POTERNE_PATHS_DATABASE="$var/poterne.db" POTERNE_PATHS_KEYS="$var/keys" POTERNE_PATHS_MEDIA="$var/media" \
	POTERNE_PATHS_TEMPLATES="$root/templates" POTERNE_PATHS_STATIC="$root/static" POTERNE_PATHS_SQL="$root/sql" \
	POTERNE_PATHS_PASSWORDS="$root/share/common-passwords.txt" POTERNE_PATHS_SCRIPTS="$root/demo/sql" POTERNE_SERVER_SOCKET="$var/poterne.sock" POTERNE_MAIL_FOLDER="$var/mail" \
	POTERNE_INSTITUTIONS_NGINX_NETWORKS="$var/nginx/snippets/poterne-networks.conf"
poterne migrate > /dev/null || refuse "the database could not be brought up to date (see above)"
sh deploy/nginx/local.sh "$var/nginx" "$port" "$var/poterne.sock" "$root/static" "$var/media" ||
	refuse "the settings of nginx could not be written to $var/nginx"

# Each part ends with this script, even when this is killed.
started=()
begin() {
	setpriv --pdeathsig TERM "$@" 9>&- &
	started+=($!)
}
# shellcheck disable=SC2317
stop() {
	trap - EXIT
	trap '' INT TERM HUP
	kill -TERM "${started[@]}" 2> /dev/null || :
	wait "${started[@]}" 2> /dev/null || :
	say "stopped."
}
trap stop EXIT
trap 'exit 0' INT TERM HUP
begin sh "$root/demo/follow_networks.sh" "$POTERNE_INSTITUTIONS_NGINX_NETWORKS" "$var/nginx/nginx.pid"
begin "$build/poterne" --config "$var/poterne.conf" work
begin "$build/poterne" --config "$var/poterne.conf" serve
begin nginx -p "$var/nginx" -c "$var/nginx/nginx.conf" -e stderr

tries=0
until curl -fs -o /dev/null "http://127.0.0.1:$port/healthz"; do
	tries=$((tries + 1))
	kill -0 "${started[2]}" 2> /dev/null || refuse "the daemon did not start (see above)"
	kill -0 "${started[3]}" 2> /dev/null || refuse "nginx did not start (see above)"
	[ "$tries" -lt 100 ] || refuse "no answer on port $port"
	sleep 0.1
done
camille=$(poterne session issue camille@exemple.fr --link) || refuse "no link could be made (see above)"
dominique=$(poterne session issue dominique@exemple.fr --link) || refuse "no link could be made (see above)"
cat << EOF

  Le Perron is open:   http://localhost:$port/

  Camille, subscribed  camille@exemple.fr     $camille
  Dominique, expired   dominique@exemple.fr   $dominique
  (each link signs one browser in, once; \`make run\` again prints new ones)

  Mail is not sent but laid into $var/mail, one .eml file each, and listed here.
  Data in $var. Ctrl-C stops everything and keeps it.

EOF
begin bash "$root/demo/show_mail.sh" "$var/mail"
# Whichever ends first takes the others with it.
wait -n "${started[@]}" || :
refuse "a part has stopped by itself (see above)"
