#!/bin/sh
# import.sh [COUNT [BYTES]]: imports generated articles into a new database and prints what it took. The contract is
# 10,000 articles of 30 KB in at most 60 s on one core, in bounded memory.
set -eu
cd "$(dirname "$0")/../.."
count=${1:-10000} bytes=${2:-30000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The demo's prose over and over, each file beginning somewhere else.
cat demo/articles/*.md | awk -v count="$count" -v bytes="$bytes" -v folder="$folder" '
	/^---$/ { head = !head; next }
	!head && !/^!\[/ && !/^<!--/ { line[n++] = $0 }
	END {
		for (i = 1; i <= count; i++) {
			part = folder "/src/" int(i / 500)
			if (i % 500 == 0 || i == 1)
				system("mkdir -p " part)
			file = part "/article-" i ".md"
			printf "---\ntitle: \"Article numéro %d : quel banc ?\"\nslug: banc-%d\nsection: innovation\n", i, i > file
			printf "access: subscriber\nauthors: [Banc Essai, La rédaction]\ntags: [banc, essai %d]\n", i % 50 > file
			printf "published: 2024-11-15\nstandfirst: Un chapô pour le banc.\n---\n\n" > file
			for (size = 0; size < bytes; size += length(s) + 1) {
				s = line[(i * 37 + k++) % n]
				print s > file
			}
			close(file)
		}
	}'
cat > "$folder/poterne.conf" <<EOF
[paths]
database = $folder/site.db
media = $folder/media
sql = $PWD/sql
scripts = $PWD/demo/sql
EOF
build/poterne --config "$folder/poterne.conf" migrate > /dev/null
du -sh "$folder/src" | sed 's/\t.*/ of Markdown/'
/usr/bin/time -f '%e s elapsed, %U s user, %S s system, %M KB resident' \
	taskset -c 0 build/poterne --config "$folder/poterne.conf" article import "$folder/src"
