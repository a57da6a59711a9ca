/* words.h: the chain behind a decision (core/explain.h), in English, for the command line. */
#ifndef APP_WORDS_H
#define APP_WORDS_H

#include "core/explain.h"
#include "store/subscription_store.h"

#define WORDS_FINDING 512

/* Names for what the steps know by number. */
struct words_of {
	const struct plan *plans;
	size_t plan_count;
	const struct entitlement_reader *reader; /* own periods first, in the order of own */
	const struct period *own;
	size_t own_count;
	bool any_plan; /* the article asks for none */
};

/* The word for the fact, and what was found; NULL: nothing to say. */
const char *words_of_step(
    const struct words_of *of, const struct explain_step *s, char finding[WORDS_FINDING]);

#endif
