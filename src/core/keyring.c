/* keyring.c: loads the key folder, and changes it. */
#include "core/keyring.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/token.h"
#include "core/key_file.h"

#define KEYS_MOST 256 /* files in the folder, retired ones too */

struct keyring {
	struct timespec changed; /* the folder's mtime when it was read */
	ino_t folder;
	size_t count;
	uint8_t (*secrets)[PASETO_KEY];  /* in sodium_malloc, a row a key */
	struct key_info keys[KEYS_MOST]; /* newest first */
};

/* Where key i belongs: by time, then by name, newest first. */
static size_t
place_of(const struct keyring *ring, const struct key_file *key)
{
	size_t i = 0;

	while (i < ring->count &&
	       (ring->keys[i].created_at > key->created_at ||
	           (ring->keys[i].created_at == key->created_at && strcmp(ring->keys[i].kid, key->kid) > 0)))
		i++;
	return i;
}

static void
insert(struct keyring *ring, const struct key_file *key)
{
	size_t at = place_of(ring, key), after = ring->count - at;

	memmove(&ring->keys[at + 1], &ring->keys[at], after * sizeof *ring->keys);
	memmove(&ring->secrets[at + 1], &ring->secrets[at], after * sizeof *ring->secrets);
	ring->keys[at] = (struct key_info){.created_at = key->created_at, .retired_at = key->retired_at};
	memcpy(ring->keys[at].kid, key->kid, sizeof key->kid);
	memcpy(ring->secrets[at], key->secret, sizeof key->secret);
	ring->count++;
}

static enum err
read_keys(struct keyring *ring, DIR *dir, struct fault *f)
{
	struct dirent *entry;
	struct key_file key;
	enum err e;

	while ((entry = readdir(dir)) != NULL) {
		if (!key_file_named(entry->d_name))
			continue;
		if (ring->count == KEYS_MOST)
			return fault_set(
			    f, ERR_INVALID, "more than %d key files: move old retired ones away", KEYS_MOST);
		if ((e = key_file_read(dirfd(dir), entry->d_name, &key, f)) != ERR_NONE)
			return e;
		insert(ring, &key);
		token_wipe(&key, sizeof key);
	}
	return ERR_NONE;
}

/* The index of the key that signs; count when none is in use. */
static size_t
name_states(struct keyring *ring)
{
	size_t signing = ring->count;

	for (size_t i = 0; i < ring->count; i++) {
		struct key_info *key = &ring->keys[i];

		key->state = key->retired_at > 0      ? KEY_RETIRED
		             : signing == ring->count ? KEY_SIGNING
		                                      : KEY_ACCEPTED;
		if (key->state == KEY_SIGNING)
			signing = i;
	}
	return signing;
}

static struct keyring *
ring_new(const struct stat *st)
{
	struct keyring *ring = calloc(1, sizeof *ring);

	if (ring == NULL)
		return NULL;
	/* sodium_malloc asks for mlock and goes on without it, as under a small RLIMIT_MEMLOCK. */
	ring->secrets = sodium_allocarray(KEYS_MOST + 1, sizeof *ring->secrets);
	if (ring->secrets == NULL) {
		free(ring);
		return NULL;
	}
	ring->changed = st->st_mtim;
	ring->folder = st->st_ino;
	return ring;
}

/* Any count of keys, none too; keyring_load wants one that signs. */
static enum err
load(struct keyring **out, const char *folder, struct fault *f)
{
	struct keyring *ring;
	struct stat st;
	enum err e;
	DIR *dir;
	int fd;

	if ((e = key_folder_open(folder, &fd, &st, f)) != ERR_NONE)
		return e;
	if ((dir = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return fault_set(f, ERR_MEMORY, "key folder %s: out of memory", folder);
	}
	if ((ring = ring_new(&st)) == NULL)
		e = fault_set(f, ERR_MEMORY, "key folder %s: out of memory", folder);
	else if ((e = read_keys(ring, dir, f)) != ERR_NONE)
		e = fault_context(f, e, "%s", folder);
	(void)closedir(dir);
	if (e != ERR_NONE) {
		keyring_release(ring);
		return e;
	}
	name_states(ring);
	(void)sodium_mprotect_readonly(ring->secrets);
	*out = ring;
	return ERR_NONE;
}

enum err
keyring_load(struct keyring **out, const char *folder, struct fault *f)
{
	struct keyring *ring;
	enum err e;

	*out = NULL;
	if ((e = load(&ring, folder, f)) != ERR_NONE)
		return e;
	if (keyring_signing(ring) == ring->count) {
		keyring_release(ring);
		return fault_set(f, ERR_NOT_FOUND,
		    "key folder %s holds no key in use: make one with `poterne key new`, or bring the files "
		    "back from a "
		    "backup",
		    folder);
	}
	*out = ring;
	return ERR_NONE;
}

void
keyring_release(struct keyring *ring)
{
	if (ring == NULL)
		return;
	sodium_free(ring->secrets); /* wipes */
	free(ring);
}

bool
keyring_is_stale(const struct keyring *ring, const char *folder)
{
	struct stat st;

	return stat(folder, &st) != 0 || st.st_ino != ring->folder ||
	       st.st_mtim.tv_sec != ring->changed.tv_sec || st.st_mtim.tv_nsec != ring->changed.tv_nsec;
}

size_t
keyring_count(const struct keyring *ring)
{
	return ring->count;
}

const struct key_info *
keyring_at(const struct keyring *ring, size_t i)
{
	return &ring->keys[i];
}

size_t
keyring_signing(const struct keyring *ring)
{
	size_t i = 0;

	while (i < ring->count && ring->keys[i].state != KEY_SIGNING)
		i++;
	return i;
}

bool
keyring_find(const struct keyring *ring, struct str kid, size_t *out)
{
	for (size_t i = 0; i < ring->count; i++)
		if (str_eq(kid, str_of(ring->keys[i].kid))) {
			*out = i;
			return true;
		}
	return false;
}

void
keyring_derive(const struct keyring *ring, size_t i, struct str context, uint8_t out[PASETO_KEY])
{
	(void)crypto_generichash(out, PASETO_KEY, (const uint8_t *)context.at, context.len, ring->secrets[i],
	    sizeof ring->secrets[i]);
}

/* The newest of all keys, retired or not, decides what is newer still, whatever the clock says. */
enum err
keyring_create(const char *folder, int64_t now, char kid[PASETO_KID + 1], struct fault *f)
{
	struct key_file key = {.created_at = now};
	struct keyring *ring = NULL;
	struct stat st;
	enum err e;
	int fd;

	if ((e = key_folder_create(folder, f)) != ERR_NONE || (e = load(&ring, folder, f)) != ERR_NONE)
		return e;
	if (ring->count > 0 && ring->keys[0].created_at >= now)
		key.created_at = ring->keys[0].created_at + 1;
	keyring_release(ring);
	if ((e = key_folder_open(folder, &fd, &st, f)) != ERR_NONE)
		return e;
	token_random(key.secret, sizeof key.secret);
	paseto_key_id(key.secret, key.kid);
	memcpy(kid, key.kid, sizeof key.kid);
	e = key_file_write(fd, &key, f);
	token_wipe(&key, sizeof key);
	(void)close(fd);
	return e;
}

static enum err
may_retire(const struct keyring *ring, struct str kid, struct key_file *out, struct fault *f)
{
	const struct key_info *key;
	size_t i;

	if (!keyring_find(ring, kid, &i))
		return fault_set(f, ERR_NOT_FOUND, "there is no key " STR_FMT " here: see `poterne key list`",
		    STR_ARG(kid));
	key = &ring->keys[i];
	if (key->state == KEY_SIGNING)
		return fault_set(
		    f, ERR_CONFLICT, "%s is the key that signs: run `poterne key new` first", key->kid);
	if (key->state == KEY_RETIRED)
		return fault_set(f, ERR_CONFLICT, "%s is retired already", key->kid);
	out->created_at = key->created_at;
	memcpy(out->kid, key->kid, sizeof out->kid);
	return ERR_NONE;
}

enum err
keyring_retire(const char *folder, struct str kid, int64_t now, struct fault *f)
{
	struct key_file key = {.retired_at = now};
	struct keyring *ring = NULL;
	struct stat st;
	enum err e;
	int fd;

	if ((e = load(&ring, folder, f)) != ERR_NONE)
		return e;
	e = may_retire(ring, kid, &key, f);
	keyring_release(ring);
	if (e != ERR_NONE || (e = key_folder_open(folder, &fd, &st, f)) != ERR_NONE)
		return e;
	e = key_file_write(fd, &key, f);
	(void)close(fd);
	return e;
}
