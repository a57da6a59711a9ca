/* theme_report.h: what the parts of theme_check look at, and where they say what they find. */
#ifndef APP_THEME_REPORT_H
#define APP_THEME_REPORT_H

#include "base/arena.h"
#include "format/config.h"

struct theme_report {
	/* sentence: "FILE:LINE: what, what would be right" */
	void (*say)(void *ctx, bool problem, const char *sentence);
	void *ctx;
	size_t problems, notes;
};

struct theme {
	const struct config *config;
	struct arena *arena;
	const char *folder;
	struct theme_report *report;
};

__attribute__((format(printf, 3, 4))) void theme_say(struct theme *t, bool problem, const char *format, ...);

#endif
