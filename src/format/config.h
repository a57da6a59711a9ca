/* config.h: the publication's settings: default < file < POTERNE_SECTION_KEY < flag. Documented in poterne.conf(5). */
#ifndef FORMAT_CONFIG_H
#define FORMAT_CONFIG_H

#include "format/config_table.h"

/* One NAME=VALUE of the environment or --set section.key=value of the command line. */
struct config_override {
	struct str name, value;
};

/* Fills cfg from defaults, then text (the file's content, label for messages; text.at NULL: no file), then the
 * overrides in order. Strings live in the arena. ERR_INVALID with "FILE:LINE: what, what would be right". */
enum err config_read(struct config *cfg, struct arena *a, struct str text, const char *label,
    const struct config_override *overrides, size_t n, struct fault *f);

/* Picks POTERNE_SECTION_KEY entries out of environ, NULL-terminated; unknown ones are refused like unknown keys. */
enum err config_environment(
    struct arena *a, char *const *environment, struct config_override **out, size_t *n, struct fault *f);

#endif
