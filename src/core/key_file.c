/* key_file.c: reads and writes key files, and refuses what others could have read or changed. */
#include "core/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/token.h"

#define TEXT_MOST 512

static const struct str first_line = {"poterne key 1", 13};

/* Root may work with the service user's folder; everybody else only with their own. */
static bool
owner_is_ours(uid_t owner)
{
	return owner == geteuid() || geteuid() == 0;
}

enum err
key_folder_open(const char *folder, int *fd, struct stat *st, struct fault *f)
{
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 && errno == ENOENT)
		return fault_set(f, ERR_NOT_FOUND,
		    "there is no key folder %s: make the first key with `poterne key new`, or bring the "
		    "folder back "
		    "from a backup",
		    folder);
	if (*fd < 0 || fstat(*fd, st) != 0) {
		enum err e = fault_set(f, ERR_DENIED, "key folder %s: %s", folder, strerror(errno));

		if (*fd >= 0)
			(void)close(*fd);
		return e;
	}
	if (owner_is_ours(st->st_uid) && (st->st_mode & 077) == 0)
		return ERR_NONE;
	(void)close(*fd);
	if (!owner_is_ours(st->st_uid))
		return fault_set(f, ERR_DENIED, "key folder %s belongs to user id %u, and we are %u", folder,
		    (unsigned)st->st_uid, (unsigned)geteuid());
	return fault_set(f, ERR_DENIED,
	    "key folder %s is open to others (mode %03o): chmod 700 it, and think about new "
	    "keys",
	    folder, (unsigned)st->st_mode & 0777);
}

/* Root makes it for the service user that owns the folder around it. */
static bool
hand_over(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat around;
	bool ok;

	if (fd < 0)
		return false;
	ok = fstatat(fd, "..", &around, 0) == 0 && fchown(fd, around.st_uid, around.st_gid) == 0;
	(void)close(fd);
	return ok;
}

enum err
key_folder_create(const char *folder, struct fault *f)
{
	if (mkdir(folder, 0700) == 0 ? geteuid() != 0 || hand_over(folder) : errno == EEXIST)
		return ERR_NONE;
	return fault_set(f, errno == ENOSPC || errno == EROFS ? ERR_FULL : ERR_DENIED,
	    "cannot make key folder %s: %s", folder, strerror(errno));
}

bool
key_file_named(const char *name)
{
	struct str s = str_of(name);

	return s.len > 0 && s.at[0] != '.' && str_ends(s, STR(".key"));
}

static bool
take_line(struct str *rest, struct str name, struct str *value)
{
	struct str line;
	size_t end = str_find(*rest, STR("\n"));

	if (end == rest->len)
		return false; /* every line ends; a cut file has one that does not */
	line = str_slice(*rest, 0, end);
	if (!str_starts(line, name) || line.len <= name.len + 1 || line.at[name.len] != ' ')
		return false;
	*value = str_slice(line, name.len + 1, line.len);
	*rest = str_slice(*rest, end + 1, rest->len);
	return true;
}

static bool
take_time(struct str *rest, struct str name, int64_t *out)
{
	struct str value;

	return take_line(rest, name, &value) && value.len == 20 && value.at[19] == 'Z' &&
	       clock_parse(value, out) && *out > 0;
}

static bool
parse(struct str text, struct key_file *out)
{
	struct str kid, key, version;
	char own[PASETO_KID + 1];

	if (!take_line(&text, STR("poterne key"), &version) || !str_eq(version, STR("1")) ||
	    !take_line(&text, STR("kid"), &kid) || !paseto_is_kid(kid) ||
	    !take_time(&text, STR("created"), &out->created_at))
		return false;
	memcpy(out->kid, kid.at, kid.len);
	if (str_starts(text, STR("retired")))
		return take_time(&text, STR("retired"), &out->retired_at) && text.len == 0;
	if (!take_line(&text, STR("key"), &key) || !paseto_key_read(key, out->secret) || text.len > 0)
		return false;
	paseto_key_id(out->secret, own);
	return str_eq(kid, str_of(own));
}

/* One read: a key file is far smaller than what a read returns at once. */
static enum err
read_text(int folder, const char *name, char text[TEXT_MOST], struct str *out, struct fault *f)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	enum err e = ERR_NONE;
	struct stat st, dir;
	ssize_t n;

	if (fd < 0)
		return fault_set(f, ERR_DENIED, "key file %s: %s", name, strerror(errno));
	if (fstat(fd, &st) != 0 || fstat(folder, &dir) != 0)
		e = fault_set(f, ERR_INTERNAL, "key file %s: %s", name, strerror(errno));
	else if (!S_ISREG(st.st_mode) || (st.st_mode & 0177) != 0)
		e = fault_set(f, ERR_DENIED,
		    "key file %s is open to others (mode %03o): chmod 600 it, and think about a "
		    "new key",
		    name, (unsigned)st.st_mode & 0777);
	else if (st.st_uid != dir.st_uid && st.st_uid != 0)
		e = fault_set(f, ERR_DENIED, "key file %s belongs to user id %u, its folder to %u", name,
		    (unsigned)st.st_uid, (unsigned)dir.st_uid);
	else if ((n = read(fd, text, TEXT_MOST)) < 0)
		e = fault_set(f, ERR_DENIED, "key file %s: %s", name, strerror(errno));
	else
		*out = (struct str){text, (size_t)n};
	(void)close(fd);
	return e;
}

enum err
key_file_read(int folder, const char *name, struct key_file *out, struct fault *f)
{
	char text[TEXT_MOST], own[KEY_FILE_NAME];
	struct str s = STR_NONE;
	enum err e;

	*out = (struct key_file){.created_at = 0};
	if ((e = read_text(folder, name, text, &s, f)) != ERR_NONE)
		return e;
	if (s.len == 0)
		e = fault_set(f, ERR_INVALID, "key file %s is empty: bring it back from a backup", name);
	else if (!parse(s, out))
		e = fault_set(f, ERR_INVALID,
		    "key file %s is not a whole key of this program: bring it back from a backup, "
		    "or move it away and the sessions it signed end",
		    name);
	token_wipe(text, sizeof text);
	(void)snprintf(own, sizeof own, "%s.key", out->kid);
	if (e == ERR_NONE && strcmp(own, name) != 0)
		e = fault_set(f, ERR_INVALID, "key file %s holds the key %s: give it its own name back", name,
		    out->kid);
	if (e != ERR_NONE)
		token_wipe(out, sizeof *out);
	return e;
}

static size_t
format(const struct key_file *key, char text[TEXT_MOST])
{
	char created[CLOCK_TEXT], retired[CLOCK_TEXT], secret[PASETO_KEY_TEXT + 1];
	int n;

	clock_rfc3339(key->created_at, created);
	clock_rfc3339(key->retired_at, retired);
	paseto_key_write(key->secret, secret);
	n = snprintf(text, TEXT_MOST, STR_FMT "\nkid %s\ncreated %s\n%s %s\n", STR_ARG(first_line), key->kid,
	    created, key->retired_at > 0 ? "retired" : "key", key->retired_at > 0 ? retired : secret);
	token_wipe(secret, sizeof secret);
	return n > 0 && n < TEXT_MOST ? (size_t)n : 0;
}

/* Root writes for the service user that owns the folder. */
static bool
fill(int fd, int folder, const char *text, size_t n)
{
	struct stat dir;

	if (fstat(folder, &dir) != 0 || (geteuid() == 0 && fchown(fd, dir.st_uid, dir.st_gid) != 0))
		return false;
	return write(fd, text, n) == (ssize_t)n && fchmod(fd, 0600) == 0 && fsync(fd) == 0;
}

enum err
key_file_write(int folder, const struct key_file *key, struct fault *f)
{
	char text[TEXT_MOST], name[KEY_FILE_NAME], aside[KEY_FILE_NAME + 8];
	size_t n = format(key, text);
	int fd, saved;
	bool ok;

	(void)snprintf(name, sizeof name, "%s.key", key->kid);
	(void)snprintf(aside, sizeof aside, ".%s.new", name);
	(void)unlinkat(folder, aside, 0); /* of a writer that died */
	fd = openat(folder, aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0 && n > 0 && fill(fd, folder, text, n);
	saved = errno;
	token_wipe(text, sizeof text);
	if (fd >= 0 && close(fd) != 0 && ok) {
		saved = errno;
		ok = false;
	}
	if (ok && (renameat(folder, aside, folder, name) != 0 || fsync(folder) != 0)) {
		saved = errno;
		ok = false;
	}
	if (ok)
		return ERR_NONE;
	(void)unlinkat(folder, aside, 0);
	return fault_set(f, saved == ENOSPC || saved == EROFS || saved == EDQUOT ? ERR_FULL : ERR_DENIED,
	    "cannot write key file %s: %s", name, strerror(saved));
}
