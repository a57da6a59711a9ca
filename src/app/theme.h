/* theme.h: a publication's own folder, judged before it is used. */
#ifndef APP_THEME_H
#define APP_THEME_H

#include "app/theme_report.h"

/* Looks at every file of the folder: templates and texts beside the shipped ones ([paths] templates), static files
 * beside [paths] static. ERR_NOT_FOUND: there is no such folder, or what is shipped cannot be read. */
enum err theme_check(const struct config *cfg, struct arena *a, const char *folder,
    struct theme_report *report, struct fault *f);

#endif
