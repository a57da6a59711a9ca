/* article_write.h: articles stored whole and rendered again. DB_WRITER unless said. */
#ifndef STORE_ARTICLE_WRITE_H
#define STORE_ARTICLE_WRITE_H

#include "store/article_store.h"
#include "store/media_store.h"

/* What rendering makes. hash: of all it was made from and of the renderer's version, so that it differs when any does. */
struct article_rendering {
	struct str title_shown, standfirst_text, standfirst_html;
	struct str teaser_text, teaser_html, outline;
	struct str html, html_hash, hash; /* html_hash: token_hash(html), which `poterne check` compares */
	const struct media_name *media;   /* images that html shows */
	size_t media_count;
	int64_t words, words_shown, percent_left;
	int64_t image_width, image_height; /* 0: keep what the row has */
	struct str image_versions;         /* as picture_put writes them */
};

/* A whole article as an import makes it. Empty text and 0 mean none. */
struct article_draft {
	struct str slug, section, title, standfirst, label, access, language, teaser_limit, markdown;
	struct str outline_wish; /* yes, no; empty: as [reading] outline says */
	struct str image, image_alt, image_credit;
	int64_t published_at,
	    updated_at;          /* published_at 0: a row that exists keeps its own, a new one is a draft */
	const struct str *plans; /* slugs */
	const struct article_name *authors, *tags; /* made on demand by slug; id is ignored; in order */
	size_t plan_count, author_count, tag_count;
	struct article_rendering made;
};

/* Adds or replaces by slug, only what differs; section and plans must exist. Call it between db_begin and db_commit
 * and roll back unless ERR_NONE; several may share a transaction. *added may be NULL. */
enum err article_write_put(
    struct db *db, const struct article_draft *d, int64_t now, int64_t *id, bool *added, struct fault *f);

/* What an article is rendered from. DB_WRITER or DB_ENTITLED. */
struct article_source {
	int64_t id, edition;
	struct str slug, title, standfirst, access, language, teaser_limit, image, markdown, hash;
	struct str outline_wish; /* as in a draft */
	int64_t image_width, image_height;
	bool waits; /* for rendering: another may have done it since article_write_stale */
};
enum err article_write_source(struct db *db, struct arena *a, int64_t id, struct article_source *out);

/* Articles that wait for rendering, at most limit; *n 0: none. DB_WRITER or DB_ENTITLED. */
enum err article_write_stale(struct db *db, int64_t *ids, size_t limit, size_t *n);

/* Stores a new rendering, in a transaction of its own. ERR_CONFLICT: the article changed since edition was read. */
enum err article_write_rendering(struct db *db, int64_t id, int64_t edition,
    const struct article_rendering *r, int64_t now, struct fault *f);
/* Rendering was refused: stays as it is until it changes; why is for the admin. ERR_CONFLICT as above. */
enum err article_write_refusal(struct db *db, int64_t id, int64_t edition, struct str why);

#endif
