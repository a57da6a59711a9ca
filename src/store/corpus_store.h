/* corpus_store.h: what is free and what is not, of all articles, for the leak check. DB_ENTITLED. */
#ifndef STORE_CORPUS_STORE_H
#define STORE_CORPUS_STORE_H

#include "store/db.h"

struct corpus_article {
	int64_t id;
	struct str section, slug;
	bool open;       /* everybody may read all of it */
	bool hidden;     /* draft, scheduled or withdrawn: nobody may read any of it */
	struct str free; /* what everybody may read of it: HTML and texts */
	struct str html; /* all of it */
};

/* Articles with an id above after, in that order, at most limit. */
enum err corpus_store_read(struct db *db, struct arena *a, int64_t after, int64_t now, int64_t limit,
    struct corpus_article **out, size_t *n);

/* Words of all texts that are not free, and how many articles they are of. */
enum err corpus_store_size(struct db *db, int64_t now, int64_t *words, int64_t *articles);

#endif
