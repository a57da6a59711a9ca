/* search_store.h: what is found for words. An expression that FTS5 refuses finds nothing; strings live in the arena. */
#ifndef STORE_SEARCH_STORE_H
#define STORE_SEARCH_STORE_H

#include "store/db.h"

/* SEARCH_OPEN: title, standfirst, teaser; SEARCH_TITLE: the title; any role. SEARCH_FULL: the whole text; not DB_PUBLIC.
 */
enum search_scope { SEARCH_OPEN, SEARCH_TITLE, SEARCH_FULL };

struct search_hit {
	int64_t id, listed_at;
	double score; /* the higher the closer */
};

/* Of the newest limit articles that match (see search_words_match), in that order. */
enum err search_store_hits(struct db *db, struct arena *a, enum search_scope scope, struct str match,
    size_t limit, struct search_hit **out, size_t *n);

/* Where the words stand in one article (SEARCH_OPEN, SEARCH_FULL), between SEARCH_MARK and SEARCH_UNMARK. ERR_NOT_FOUND: it does not match, or has
 * changed since it was indexed. */
struct search_place {
	struct str title, excerpt;
};
enum err search_store_place(struct db *db, struct arena *a, enum search_scope scope, struct str match,
    int64_t id, struct search_place *out);

/* Words of titles that begin with what is folded, most used first. */
enum err search_store_words(
    struct db *db, struct arena *a, struct str folded, size_t limit, struct str *words, size_t *n);
/* The word of a title most like it, empty when none is. */
enum err search_store_nearest(struct db *db, struct arena *a, struct str folded, struct str *word);

#endif
