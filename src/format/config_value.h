/* config_value.h: reads one value of the configuration by its type. */
#ifndef FORMAT_CONFIG_VALUE_H
#define FORMAT_CONFIG_VALUE_H

#include "base/arena.h"
#include "base/err.h"

enum config_kind {
	CONFIG_TEXT,     /* one line of UTF-8; min and max are bytes */
	CONFIG_PATH,     /* a file or folder; relative to the current directory */
	CONFIG_URL,      /* http or https, host, port; kept without a trailing slash */
	CONFIG_ZONE,     /* a name of the zone database: Europe/Paris */
	CONFIG_CHOICE,   /* one of the words of choices */
	CONFIG_LANGUAGE, /* a language tag: fr, en, pt-BR */
	CONFIG_WIDTHS,   /* of images: 480 800 1200 */
	CONFIG_TEASER,   /* 20%, 3 paragraphs, 120 words */
	CONFIG_COUNT,    /* a whole number */
	CONFIG_SIZE,     /* bytes, with KiB, MiB or GiB */
	CONFIG_DURATION, /* seconds, with s, m, h or d */
	CONFIG_OCTAL,    /* a file mode: 0660 */
	CONFIG_SWITCH,   /* on: 1, off: 0 */
	CONFIG_KINDS
};

struct config_limits {
	enum config_kind kind;
	int64_t min, max;
	const char *choices; /* of CONFIG_CHOICE, a blank between: "live test" */
};

/* Kinds up to CONFIG_TEASER are text, the others numbers. */
bool config_kind_is_text(enum config_kind kind);

/* Fills *text (in the arena) or *number. ERR_INVALID: the sentence says what was written and what would be right. */
enum err config_value_read(struct config_limits limits, struct str value, struct arena *a, const char **text,
    int64_t *number, struct fault *f);

#endif
