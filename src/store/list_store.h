/* list_store.h: cards of listed articles: home, section, author, tag. Never a draft, a scheduled or a
 * withdrawn one: every query asks for listed_at <= now. Any role; strings live in the arena. */
#ifndef STORE_LIST_STORE_H
#define STORE_LIST_STORE_H

#include "store/pick.h"

struct card {
	int64_t id;
	struct str section, slug, section_name;   /* address /SECTION/SLUG */
	struct str title, label, access, excerpt; /* excerpt: the standfirst, else the teaser, uncut */
	struct str bylines;                       /* "Elsa AOUSTET, La rédaction" */
	struct str image, image_alt, image_versions;
	int64_t image_width, image_height;
	int64_t published_at;
};

struct cards {
	struct card *at;
	size_t count;
	bool more; /* others follow */
	/* With before_at set: the card that the part of limit cards before this one follows. At 0: that part begins
	 * the list, or there is none. */
	int64_t newer_at, newer_id;
};

/* Which part of a list, newest first: the first limit cards or, with before_at != 0, those that follow a card, which need
 * not be there any more: the time it was listed at (published_at) and its id. Where a part begins it begins for good,
 * whatever is published, and is found as fast at the end of a list as at its beginning. skip: cards to leave out at
 * the beginning, for parts called by a number; each costs a step in an index. */
struct list_range {
	int64_t now, limit;
	int64_t before_at, before_id, skip;
};

enum err list_store_latest(struct db *db, struct arena *a, struct list_range range, struct cards *out);
enum err list_store_in_section(
    struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out);
enum err list_store_by_author(
    struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out);
enum err list_store_by_tag(
    struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out);
/* Listed from a time on, until range.now. */
enum err list_store_since(
    struct db *db, struct arena *a, int64_t from, struct list_range range, struct cards *out);

/* When the newest article before a time was listed; ERR_NOT_FOUND: there is none. */
enum err list_store_before(struct db *db, int64_t at, int64_t *newest);

/* Columns 0 to 13 of a statement that asks for what a card shows, as list_store_card's does; bylines are not among them. */
void list_store_columns(struct pick *p, struct card *out);

/* ERR_NOT_FOUND: gone, or not listed (any more). */
enum err list_store_card(struct db *db, struct arena *a, int64_t id, int64_t now, struct card *out);

/* When the next scheduled article appears after now; ERR_NOT_FOUND: none is scheduled. */
enum err list_store_next(struct db *db, int64_t now, int64_t *at);

#endif
