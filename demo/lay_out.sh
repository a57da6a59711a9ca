#!/bin/sh
# lay_out.sh ROOT FOLDER HOME PORT BUILD: makes a whole demo publication in FOLDER, to be moved to HOME: configuration,
# keys, database, articles, readers. Called by run.sh, which moves it when all of it is there.
set -eu
umask 077
root=$1 folder=$2 home=$3 port=$4 build=$5

mkdir -p "$folder/media" "$folder/mail"
sed -e "s#@ROOT@#$root#g" -e "s#@VAR@#$home#g" -e "s#@PORT@#$port#g" "$root/demo/poterne.conf" > "$folder/poterne.conf"
export POTERNE_PATHS_DATABASE="$folder/poterne.db" POTERNE_PATHS_KEYS="$folder/keys" \
	POTERNE_PATHS_MEDIA="$folder/media" POTERNE_SERVER_SOCKET="$folder/poterne.sock"
poterne() { "$build/poterne" --config "$folder/poterne.conf" "$@"; }

mkdir "$folder/keys"
poterne key new > /dev/null
poterne migrate > /dev/null
poterne article import "$root/demo/articles"
poterne subscriber add camille@exemple.fr > /dev/null
poterne subscriber grant camille@exemple.fr integral --until "$(date -u -d '+1 year' +%Y-%m-%d)" > /dev/null
poterne subscriber add dominique@exemple.fr > /dev/null
poterne subscriber grant dominique@exemple.fr integral --from "$(date -u -d '-13 months' +%Y-%m-%d)" \
	--until "$(date -u -d '-1 month' +%Y-%m-%d)" > /dev/null
poterne institution add "Mairie de Trois-Fontaines" --siret "217 500 016 00019" > /dev/null
poterne institution grant mairie-de-trois-fontaines integral --seats 5 --order "BC 2026-041" \
	--until "$(date -u -d '+1 year' +%Y-%m-%d)" > /dev/null
poterne institution contact mairie-de-trois-fontaines add camille@exemple.fr > /dev/null
poterne institution seat mairie-de-trois-fontaines add dgs@trois-fontaines.example > /dev/null
