#!/bin/bash
# show_mail.sh FOLDER: the mails of the folder, the last five and then each as it comes: to whom, about what, in which file.
# File names begin with a number of eight digits: what is behind the last one is new.
set -eu
shopt -s nullglob
folder=$1
shown=

# A subject that is encoded (RFC 2047) is left out: mail programs show it.
headline() {
	sed -n -e '/^\r*$/q' -e 's/\r$//' -e 's/^To: /to /p' -e 's/^Subject: \([^=].*\)/about "\1"/p' "$1" | tr '\n' ' '
}

show() {
	printf '  Mail %s%s\n' "$(headline "$1")" "$1"
	shown=$1
}

all=("$folder"/*.eml)
(( ${#all[@]} <= 5 )) || all=("${all[@]: -5}")
for file in "${all[@]}"; do
	show "$file"
done
while sleep 1; do
	for file in "$folder"/*.eml; do
		if [[ $file > $shown ]]; then show "$file"; fi
	done
done
