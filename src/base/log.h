/* log.h: one logfmt line an event on stderr, prefixed with its sd-daemon(3) level. Never an address, a token, a query. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

struct log_field {
	const char *key;
	struct str text; /* used when at != NULL */
	int64_t number;
};

#define LOG_TEXT(k, s) ((struct log_field){.key = (k), .text = (s)})
#define LOG_CSTR(k, c) ((struct log_field){.key = (k), .text = str_of(c)})
#define LOG_NUM(k, n) ((struct log_field){.key = (k), .text = {NULL, 0}, .number = (n)})

/* Lines above it are not written: "error" … "debug"; "info" until then and for another word. */
void log_set_level(struct str name);

/* Writes "<6>event=NAME key=value …" in one write(2); control bytes and non-UTF-8 are escaped, a value over 500
 * bytes is cut. A line that cannot be written is counted, never waited for. */
void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n);
uint64_t log_dropped(void);

#define LOG_LINE(level, event, ...)                                       \
	log_fields(level, event, (const struct log_field[]){__VA_ARGS__}, \
	    sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define LOG_ERROR(event, ...) LOG_LINE(LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define LOG_WARNING(event, ...) LOG_LINE(LOG_LEVEL_WARNING, event, __VA_ARGS__)
#define LOG_INFO(event, ...) LOG_LINE(LOG_LEVEL_INFO, event, __VA_ARGS__)

#endif
