#!/bin/sh
# port_free.sh PORT: whether nobody listens on the TCP port, by the kernel's own tables.
set -eu
hex=$(printf '%04X' "$1")
! awk -v port=":$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
	/proc/net/tcp /proc/net/tcp6 2> /dev/null
