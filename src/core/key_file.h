/* key_file.h: one key as a file, KID.key of mode 0600 in a folder of mode 0700, in a text that people can read. */
#ifndef CORE_KEY_FILE_H
#define CORE_KEY_FILE_H

#include <sys/stat.h>

#include "base/err.h"
#include "format/paseto.h"

#define KEY_FILE_NAME (PASETO_KID + sizeof ".key")

struct key_file {
	char kid[PASETO_KID + 1];
	int64_t created_at;
	int64_t retired_at;         /* 0: in use */
	uint8_t secret[PASETO_KEY]; /* zero once retired: the file does not hold it any more */
};

/* Opens the folder and looks at its owner and mode; *fd is the caller's to close. ERR_NOT_FOUND when it is missing,
 * ERR_DENIED when others may look into it. */
enum err key_folder_open(const char *folder, int *fd, struct stat *st, struct fault *f);
enum err key_folder_create(const char *folder, struct fault *f); /* fine when it is there */

bool key_file_named(const char *name); /* what else lies in the folder is not read */

/* ERR_DENIED: owner or mode; ERR_INVALID: not a whole key, or not the one of its name. out holds a secret. */
enum err key_file_read(int folder, const char *name, struct key_file *out, struct fault *f);

/* Written aside, synced, renamed into place: there is the old file or the new one. */
enum err key_file_write(int folder, const struct key_file *key, struct fault *f);

#endif
