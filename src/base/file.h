/* file.h: whole files and folders: read with a limit, written whole or not at all, listed in order. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"

/* The whole regular file, NUL-terminated beyond its length, in the arena. ERR_NOT_FOUND; ERR_TOO_LARGE over
 * max bytes; ERR_DENIED without permission; ERR_INVALID for a folder, pipe or device; ERR_MEMORY;
 * ERR_INTERNAL. */
enum err file_read(struct arena *a, const char *path, size_t max, struct str *out, struct fault *f);

/* Puts content at path with this mode: after a crash at any moment the old content or the new is there,
 * whole. replace false: ERR_CONFLICT when path exists. */
enum err file_write(const char *path, struct str content, mode_t mode, bool replace, struct fault *f);

/* Makes an empty file, exclusively. ERR_CONFLICT when something is there. */
enum err file_create(const char *path, mode_t mode, struct fault *f);

/* Makes a finished file durable and moves it to its name: fsync, rename, fsync of the folder. As file_write
 * else. */
enum err file_commit(const char *temporary, const char *path, bool replace, struct fault *f);

/* Names (not paths) in the folder that end in suffix, sorted bytewise, in the arena; hidden ones are left
 * out. ERR_NOT_FOUND without the folder; ERR_TOO_LARGE over FILE_LIST_MAX names. */
#define FILE_LIST_MAX 100000
enum err file_list(
    struct arena *a, const char *folder, const char *suffix, char ***names, size_t *n, struct fault *f);

/* Takes the file's advisory lock, making the file; it is held until file_unlock or the end of the process. ERR_BUSY
 * when another program holds it. Never for a database file: closing it would drop the engine's own locks. */
enum err file_lock(const char *path, int *lock, struct fault *f);
void file_unlock(int lock);

bool file_exists(const char *path); /* anything with that name; by stat, opens nothing */

#endif
