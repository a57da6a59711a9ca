#!/bin/sh
# packages.sh run|test|check|bench: installs the Debian packages that are missing for running, or also for more. With all of
# them present nothing is called.
set -eu
run="build-essential pkg-config ca-certificates curl nginx-light sqlite3 tzdata libfcgi-dev libsqlite3-dev libsodium-dev
	libjansson-dev libcmark-dev libyaml-dev libinih-dev libunistring-dev libutf8proc-dev libdeflate-dev libbrotli-dev
	libcurl4-openssl-dev libstemmer-dev libvips42"
test="libcmocka-dev libxml2-utils chromium fonts-liberation brotli libfcgi-bin spawn-fcgi openssl systemd default-jre-headless"
check="clang libclang-rt-14-dev clang-format clang-tidy cppcheck mandoc gcovr shellcheck"

case ${1-} in
run) wanted=$run ;;
test) wanted="$run $test" ;;
check) wanted="$run $test $check" ;;
bench) wanted="$run wrk valgrind" ;;
*) echo "usage: packages.sh run|test|check|bench" >&2; exit 64 ;;
esac

have() { dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null | grep -qx installed; }
missing=
for package in $wanted; do
	case $package in
	nginx-light) command -v nginx > /dev/null && continue ;;
	default-jre-headless) command -v java > /dev/null && continue ;;
	esac
	have "$package" || missing="$missing $package"
done
case ${1-} in
test | check | bench) # any Node.js from 18 on does
	command -v node > /dev/null && command -v npm > /dev/null || missing="$missing nodejs npm" ;;
esac
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null || { echo "missing packages, and neither root nor sudo:$missing" >&2; exit 1; }
	as_root=sudo
fi
echo "installing:$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing > /dev/null
