/* teaser_limit.h: how much of an article everybody may read, as editors and the configuration write it. */
#ifndef FORMAT_TEASER_LIMIT_H
#define FORMAT_TEASER_LIMIT_H

#include "base/str.h"

enum teaser_unit { TEASER_PERCENT, TEASER_PARAGRAPHS, TEASER_WORDS };

struct teaser_limit {
	enum teaser_unit unit;
	unsigned amount;
};

/* "20%", "3 paragraphs", "120 words"; false for anything else. */
bool teaser_limit_parse(struct str s, struct teaser_limit *out);

#endif
