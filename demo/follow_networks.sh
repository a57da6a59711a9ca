#!/bin/sh
# follow_networks.sh FILE PID_FILE: has nginx read its settings again when the worker has written other networks to FILE.
# On a server deploy/systemd/poterne-networks.path does it.
set -eu
before=$(cksum < "$1")
while sleep 1; do
	now=$(cksum < "$1") || continue
	if [ "$now" = "$before" ] || ! [ -s "$2" ]; then continue; fi
	before=$now
	kill -HUP "$(cat "$2")" 2> /dev/null || :
done
