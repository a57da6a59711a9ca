/* boot.h: from files on disk to a site that can answer. */
#ifndef APP_BOOT_H
#define APP_BOOT_H

#include "web/site.h"

/* Defaults, the file (NULL: none), POTERNE_… of the environment, --set of the command line. Sets the time zone. */
enum err boot_config(
    struct config *cfg, struct arena *a, const char *file, const struct str *sets, size_t n, struct fault *f);

/* Configuration, templates, locale and keys, read and checked as one. *out has one reference. */
enum err boot_setup(struct setup **out, const char *file, const struct str *sets, size_t n, struct fault *f);

#endif
