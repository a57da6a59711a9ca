/* lasting.c: made once, read at every start. */
#include "core/lasting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "core/key_file.h"

#define PATH_MOST 4096
#define FILE_MOST 100
#define PROOF 16 /* bytes of the hash in a token: 128 bit */

static enum err
read_secret(const char *path, struct lasting *out, struct fault *f)
{
	struct arena a;
	struct str text;
	size_t n = 0;
	enum err e;

	arena_init(&a, 4 * PATH_MOST);
	e = file_read(&a, path, FILE_MOST, &text, f);
	if (e == ERR_NONE &&
	    (!token_decode(str_trim(text), out->key, sizeof out->key, &n) || n != sizeof out->key))
		e = fault_set(f, ERR_INVALID, "%s: not a whole secret; restore it from a backup", path);
	if (text.len > 0)
		token_wipe((void *)(uintptr_t)text.at, text.len);
	arena_free(&a);
	return e;
}

/* Root makes it for the service user that owns the folder. */
static enum err
hand_over(const char *keys, const char *path, struct fault *f)
{
	struct stat folder;

	if (geteuid() != 0 || (stat(keys, &folder) == 0 && lchown(path, folder.st_uid, folder.st_gid) == 0))
		return ERR_NONE;
	return fault_set(f, ERR_DENIED, "%s: %s", path, strerror(errno));
}

enum err
lasting_load(const char *keys, struct lasting *out, struct fault *f)
{
	char path[PATH_MOST], text[TOKEN_TEXT + 2];
	int n = snprintf(path, sizeof path, "%s/" LASTING_FILE, keys);
	enum err e;

	if (n < 0 || (size_t)n >= sizeof path)
		return fault_set(f, ERR_INVALID, "[paths] keys: too long");
	e = read_secret(path, out, f);
	if (e != ERR_NOT_FOUND)
		return e;
	if (f != NULL)
		f->text[0] = '\0';
	if ((e = key_folder_create(keys, f)) != ERR_NONE)
		return e;
	token_new(text);
	text[TOKEN_TEXT] = '\n';
	e = file_write(path, (struct str){text, TOKEN_TEXT + 1}, 0600, false, f);
	token_wipe(text, sizeof text);
	if (e == ERR_NONE)
		e = hand_over(keys, path, f);
	return e == ERR_NONE || e == ERR_CONFLICT ? read_secret(path, out, f) : e;
}

void
lasting_hash(const struct lasting *l, const char *purpose, struct str text, char out[TOKEN_HASH + 1])
{
	char whole[600];
	int n = snprintf(whole, sizeof whole, "%s " STR_FMT, purpose, STR_ARG(text));
	size_t len = n < 0 ? 0 : (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1;

	token_hash_keyed(l->key, (struct str){whole, len}, out);
}

static void
prove(const struct lasting *l, const char *purpose, int64_t id, char out[TOKEN_HASH + 1])
{
	char number[24];

	(void)snprintf(number, sizeof number, "%lld", (long long)id);
	lasting_hash(l, purpose, str_of(number), out);
}

/* Eight bytes of the number, big-endian, then the bytes of the first hex digits of the proof. */
void
lasting_token(const struct lasting *l, const char *purpose, int64_t id, char out[LASTING_TOKEN + 1])
{
	uint8_t bytes[8 + PROOF];
	char hash[TOKEN_HASH + 1];

	for (size_t i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
	prove(l, purpose, id, hash);
	for (size_t i = 0; i < PROOF; i++) {
		const char *h = hash + 2 * i;
		int high = h[0] <= '9' ? h[0] - '0' : h[0] - 'a' + 10,
		    low = h[1] <= '9' ? h[1] - '0' : h[1] - 'a' + 10;

		bytes[8 + i] = (uint8_t)(high << 4 | low);
	}
	if (!token_encode(bytes, sizeof bytes, out, LASTING_TOKEN + 1))
		out[0] = '\0';
}

bool
lasting_open(const struct lasting *l, const char *purpose, struct str token, int64_t *id)
{
	uint8_t bytes[8 + PROOF];
	char again[LASTING_TOKEN + 1];
	uint64_t number = 0;
	size_t n = 0;

	if (token.len != LASTING_TOKEN || !token_decode(token, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return false;
	for (size_t i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	if (number > INT64_MAX)
		return false;
	*id = (int64_t)number;
	lasting_token(l, purpose, *id, again);
	return token_equal(token, str_of(again));
}
