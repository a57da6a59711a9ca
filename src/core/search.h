/* search.h: what a reader finds: in what is free for everybody, in the whole text where the decision gives it. */
#ifndef CORE_SEARCH_H
#define CORE_SEARCH_H

#include "core/paywall.h"
#include "store/list_store.h"

#define SEARCH_PAGE 10 /* results a page */
#define SEARCH_PAGES 10
#define SEARCH_SUGGESTIONS 5

struct search_question {
	struct str text;
	bool whole; /* also in what is paid; else facts and visit are not looked at */
	const struct facts *facts;
	const struct entitlement_visit *visit;
	int64_t now, page; /* page from 1 */
};

struct search_result {
	struct card card;
	struct str title, excerpt; /* with SEARCH_MARK and SEARCH_UNMARK around the words */
};

/* Strings live in the arena. */
struct search_answer {
	struct search_result results[SEARCH_PAGE];
	size_t count;
	bool more;
	bool asked;       /* the question has a word that can be looked for */
	struct str meant; /* the question in words that are there; empty: nothing like it */
	struct str suggestions[SEARCH_SUGGESTIONS]; /* longer words that begin like the last one */
	size_t suggestion_count;
};

/* LK4: a word of the hidden part finds an article only for a reader for whom it is not hidden. */
enum err search_ask(struct paywall *pw, const struct paywall_doors *doors, struct arena *a,
    const struct search_question *q, struct search_answer *out);

#endif
