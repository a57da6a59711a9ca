/* file.c: whole files and folders through plain POSIX calls. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/token.h"

#define PATH_ROOM 4096

/* The code and sentence for errno after a call on path. */
static enum err
fail(struct fault *f, const char *path)
{
	int code = errno;
	enum err e = ERR_INTERNAL;

	if (code == ENOENT || code == ENOTDIR)
		e = ERR_NOT_FOUND;
	else if (code == EEXIST)
		e = ERR_CONFLICT;
	else if (code == EACCES || code == EPERM)
		e = ERR_DENIED;
	else if (code == ENOSPC || code == EDQUOT || code == EFBIG || code == EROFS)
		e = ERR_FULL;
	else if (code == ENOMEM)
		e = ERR_MEMORY;
	else if (code == EISDIR || code == ELOOP || code == ENAMETOOLONG)
		e = ERR_INVALID;
	return fault_set(f, e, "%s: %s", path, strerror(code));
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Reads until the end or until max + 1 bytes are there: files may grow while they are read. */
static enum err
read_all(
    struct arena *a, int fd, size_t expected, size_t max, const char *path, struct str *out, struct fault *f)
{
	size_t room = expected < max ? expected + 1 : max + 1;
	char *bytes = arena_alloc(a, room + 1);
	size_t len = 0;

	if (bytes == NULL)
		return fault_set(f, ERR_MEMORY, "%s: no memory for %zu bytes", path, room);
	while (len < room) {
		ssize_t n = read(fd, bytes + len, room - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(f, path);
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (len > max)
		return fault_set(f, ERR_TOO_LARGE, "%s: larger than %zu bytes", path, max);
	if (len > expected)
		return fault_set(f, ERR_INTERNAL, "%s: changed while it was read", path);
	bytes[len] = '\0';
	*out = (struct str){bytes, len};
	return ERR_NONE;
}

enum err
file_read(struct arena *a, const char *path, size_t max, struct str *out, struct fault *f)
{
	struct stat st;
	enum err e;
	/* O_NONBLOCK: a pipe without a writer must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	*out = STR_NONE;
	if (fd < 0)
		return fail(f, path);
	if (fstat(fd, &st) != 0)
		e = fail(f, path);
	else if (!S_ISREG(st.st_mode))
		e = fault_set(f, ERR_INVALID, "%s: not a regular file", path);
	else if (st.st_size < 0 || (uint64_t)st.st_size > max)
		e = fault_set(f, ERR_TOO_LARGE, "%s: larger than %zu bytes", path, max);
	else
		e = read_all(a, fd, (size_t)st.st_size, max, path, out, f);
	(void)close(fd);
	return e;
}

static bool
write_all(int fd, struct str s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.at, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s = str_slice(s, (size_t)n, s.len);
	}
	return true;
}

enum err
file_create(const char *path, mode_t mode, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return fail(f, path);
	if (fchmod(fd, mode) != 0) {
		enum err e = fail(f, path);

		(void)close(fd);
		(void)unlink(path);
		return e;
	}
	return close(fd) == 0 ? ERR_NONE : fail(f, path);
}

static bool
sync_path(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return ok;
}

/* The folder of path, "." when it names none; false when it is too long. */
static bool
folder_of(const char *path, char out[PATH_ROOM])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	if (n >= PATH_ROOM)
		return false;
	memcpy(out, n == 0 ? "." : path, n == 0 ? 1 : n);
	out[n == 0 ? 1 : n] = '\0';
	return true;
}

enum err
file_commit(const char *temporary, const char *path, bool replace, struct fault *f)
{
	char folder[PATH_ROOM];

	if (!folder_of(path, folder))
		return fault_set(f, ERR_INVALID, "%s: path is too long", path);
	if (!sync_path(temporary, 0))
		return fail(f, temporary);
	if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, replace ? 0 : RENAME_NOREPLACE) != 0)
		return fail(f, path);
	return sync_path(folder, O_DIRECTORY) ? ERR_NONE : fail(f, folder);
}

/* A name beside path that nobody else has: ".NAME.XXXXXXXX" is hidden from file_list. */
static bool
name_beside(const char *path, char out[PATH_ROOM])
{
	const char *slash = strrchr(path, '/');
	int folder = slash == NULL ? 0 : (int)(slash - path) + 1;
	uint8_t random[8];
	char hex[2 * sizeof random + 1];
	int n;

	token_random(random, sizeof random);
	token_hex(random, sizeof random, hex);
	n = snprintf(out, PATH_ROOM, "%.*s.%s.%s", folder, path, path + folder, hex);
	return n > 0 && n < PATH_ROOM;
}

enum err
file_write(const char *path, struct str content, mode_t mode, bool replace, struct fault *f)
{
	char temporary[PATH_ROOM];
	enum err e;
	int fd;

	if (!replace && file_exists(path))
		return fault_set(f, ERR_CONFLICT, "%s: exists already", path);
	if (!name_beside(path, temporary))
		return fault_set(f, ERR_INVALID, "%s: path is too long", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(f, path);
	e = write_all(fd, content) && fchmod(fd, mode) == 0 ? ERR_NONE : fail(f, path);
	if (close(fd) != 0 && e == ERR_NONE)
		e = fail(f, path);
	if (e == ERR_NONE)
		e = file_commit(temporary, path, replace, f);
	if (e != ERR_NONE)
		(void)unlink(temporary);
	return e;
}

struct names {
	char **at;
	size_t n, cap;
};

static enum err
names_add(struct arena *a, struct names *names, const char *name)
{
	if (names->n == names->cap) {
		size_t cap = names->cap == 0 ? 64 : 2 * names->cap;
		char **grown = arena_zero(a, cap, sizeof *grown);

		if (grown == NULL)
			return ERR_MEMORY;
		if (names->n > 0)
			memcpy(grown, names->at, names->n * sizeof *grown);
		names->at = grown;
		names->cap = cap;
	}
	names->at[names->n] = arena_cstr(a, str_of(name));
	return names->at[names->n++] == NULL ? ERR_MEMORY : ERR_NONE;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err
names_read(struct arena *a, DIR *dir, struct str suffix, struct names *names)
{
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0 ? ERR_NONE : ERR_INTERNAL;
		if (entry->d_name[0] == '.' || !str_ends(str_of(entry->d_name), suffix))
			continue;
		if (names->n == FILE_LIST_MAX)
			return ERR_TOO_LARGE;
		if (names_add(a, names, entry->d_name) != ERR_NONE)
			return ERR_MEMORY;
	}
}

enum err
file_list(struct arena *a, const char *folder, const char *suffix, char ***names, size_t *n, struct fault *f)
{
	struct names found = {NULL, 0, 0};
	DIR *dir = opendir(folder);
	enum err e;

	*names = NULL;
	*n = 0;
	if (dir == NULL)
		return fail(f, folder);
	e = names_read(a, dir, str_of(suffix), &found);
	(void)closedir(dir);
	if (e == ERR_TOO_LARGE)
		return fault_set(f, e, "%s: more than %d files", folder, FILE_LIST_MAX);
	if (e != ERR_NONE)
		return fault_set(f, e, "%s: the folder cannot be listed (%s)", folder, err_name(e));
	if (found.n > 0)
		qsort(found.at, found.n, sizeof *found.at, compare_names);
	*names = found.at;
	*n = found.n;
	return ERR_NONE;
}

enum err
file_lock(const char *path, int *lock, struct fault *f)
{
	enum err e;

	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*lock < 0)
		return fail(f, path);
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return ERR_NONE;
	e = errno == EWOULDBLOCK ? fault_set(f, ERR_BUSY, "%s: held by another program", path)
	                         : fail(f, path);
	(void)close(*lock);
	*lock = -1;
	return e;
}

void
file_unlock(int lock)
{
	(void)close(lock);
}
