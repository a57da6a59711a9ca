/* theme.h: a publication's own folder, judged before it is used. */
#ifndef APP_THEME_H
#define APP_THEME_H

#include "base/arena.h"
#include "format/config.h"

struct theme_report {
	void (*say)(void *ctx, bool problem,
	    const char *sentence); /* sentence: "FILE:LINE: what, what would be right" */
	void *ctx;
	size_t problems, notes;
};

/* Looks at every file of the folder: templates and texts beside the shipped ones ([paths] templates), static files
 * beside [paths] static. ERR_NOT_FOUND: there is no such folder, or what is shipped cannot be read. */
enum err theme_check(const struct config *cfg, struct arena *a, const char *folder,
    struct theme_report *report, struct fault *f);

/* The parts: theme_css.c, theme_words.c. */
struct theme {
	const struct config *config;
	struct arena *arena;
	const char *folder;
	struct theme_report *report;
};
__attribute__((format(printf, 3, 4))) void theme_say(struct theme *t, bool problem, const char *format, ...);
enum err theme_check_css(struct theme *t, struct fault *f);
enum err theme_check_words(struct theme *t, struct fault *f);

#endif
