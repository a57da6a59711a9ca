/* search_index.h: what the index of articles holds, written by core/indexing alone. DB_WRITER, in a transaction. */
#ifndef STORE_SEARCH_INDEX_H
#define STORE_SEARCH_INDEX_H

#include "store/db.h"

/* A pass over all articles: first the texts, then, when search works already, what is related to what. */
enum search_pass { SEARCH_PASS_NONE, SEARCH_PASS_TEXTS, SEARCH_PASS_RELATED };

/* How far the index is behind the articles. */
struct search_state {
	int64_t change_id; /* the last row of change_log that was followed */
	int64_t swept_id;  /* in a pass: the last article seen, 0: none yet */
	enum search_pass pass;
};

/* ERR_NOT_FOUND: there is no index of this version yet. Any writer, without a transaction too. */
enum err search_index_state(struct db *db, struct str version, struct search_state *out);
enum err search_index_advance(struct db *db, const struct search_state *state);
/* Empties all of it and begins a pass. */
enum err search_index_reset(struct db *db, struct str version);

/* Whether anything waits: an article's change, one whose time has come. Without a transaction too. */
enum err search_index_waits(struct db *db, const struct search_state *state, int64_t now, bool *waits);

/* Articles named by change_log after *change_id, which moves on; a lost row of the log begins a pass (*lost). */
enum err search_index_changed(
    struct db *db, int64_t *change_id, bool *lost, int64_t *ids, size_t limit, size_t *n);
/* Articles older than *swept_id, or gone and still in the index, in the order of the index; *swept_id moves on, n == 0: that was the last. */
enum err search_index_next(struct db *db, int64_t *swept_id, int64_t *ids, size_t limit, size_t *n);
enum err search_index_due(struct db *db, int64_t now, int64_t *ids, size_t limit, size_t *n);

/* An article as it is to be indexed. ERR_NOT_FOUND: it is in no list. */
struct search_source {
	int64_t id, edition, listed_at;
	struct str stamp, title, standfirst, teaser, html;
};
enum err search_index_source(struct db *db, struct arena *a, int64_t id, struct search_source *out);

/* What the index has of it; ERR_NOT_FOUND: nothing. title: as it was indexed, empty while due. */
struct search_entry {
	int64_t edition, listed_at;
	bool due;
	struct str title;
};
enum err search_index_entry(struct db *db, struct arena *a, int64_t id, struct search_entry *out);

/* body: the whole text, plain. due: only the entry, no texts. The article must not be in the index. */
enum err search_index_put(struct db *db, const struct search_source *src, struct str body, bool due);
enum err search_index_remove(struct db *db, int64_t id);

/* One more or one less title with this word. */
enum err search_index_word(struct db *db, struct str folded, struct str word, bool more);

/* Replaces an article's related ones when they differ. */
enum err search_index_relate(struct db *db, int64_t id, const int64_t *related, size_t n);
/* Articles in whose lists it stands, at most limit. */
enum err search_index_back(struct db *db, int64_t id, int64_t *ids, size_t limit, size_t *n);

#endif
