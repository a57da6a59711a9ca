/* article_store.h: one article: its rights, its free part, its body, by address or id. Strings live in the arena. */
#ifndef STORE_ARTICLE_STORE_H
#define STORE_ARTICLE_STORE_H

#include "store/db.h"

#define ARTICLE_PLANS_MAX 20
#define ARTICLE_NAMES_MAX 20 /* bylines, tags */

/* What decides who may read. Any role. */
struct article_rights {
	int64_t id, edition;
	struct str section, slug; /* the address: /SECTION/SLUG */
	struct str access;        /* public, registered, metered, subscriber; anything else denies */
	int64_t
	    published_at; /* 0: a draft, or not rendered yet: not there for readers; in the future: not yet */
	int64_t withdrawn_at;             /* 0: not withdrawn; else the address answers 410 */
	int64_t plans[ARTICLE_PLANS_MAX]; /* which plans open it; none: any */
	size_t plan_count;
};

struct article_name { /* a byline or a tag */
	struct str slug, name;
	bool collective; /* byline of a collective */
	int64_t id;
};

/* All that is free of an article, ready to be shown. Any role. */
struct article {
	int64_t id, edition, section_id;
	struct str section, slug, section_name, access, label, language;
	struct str title; /* with French spaces, plain text */
	struct str standfirst_text, standfirst_html;
	struct str teaser_text, teaser_html,
	    outline;                               /* outline: headings of the part not shown, one a line */
	struct str image, image_alt, image_credit; /* image: below the media folder; empty: none */
	struct str image_versions;                 /* as format/picture.h reads them */
	int64_t image_width, image_height;         /* 0: not known */
	int64_t published_at, updated_at, withdrawn_at, rendered_at; /* 0: not */
	int64_t words, words_shown, percent_left;
	struct article_name bylines[ARTICLE_NAMES_MAX], tags[ARTICLE_NAMES_MAX];
	size_t byline_count, tag_count;
};

/* ERR_NOT_FOUND: no article has this address. */
enum err article_store_rights(
    struct db *db, struct arena *a, struct str section, struct str slug, struct article_rights *out);

/* Draft, scheduled and withdrawn ones too: whoever calls has judged the rights. */
enum err article_store_read(struct db *db, struct arena *a, int64_t id, struct article *out);

/* The full text; not DB_PUBLIC. ERR_NOT_FOUND while there is none rendered. */
enum err article_store_body(struct db *db, struct arena *a, int64_t id, struct str *html);

/* Where an old address leads now: path and *now are SECTION/SLUG, SECTION, author/SLUG or tag/SLUG without the first
 * slash. ERR_NOT_FOUND: it never was one. What is there now is for the caller to judge. */
enum err article_store_moved(struct db *db, struct arena *a, struct str path, struct str *now);

enum err article_store_id(struct db *db, struct str slug, int64_t *id);

#endif
