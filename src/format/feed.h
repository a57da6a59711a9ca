/* feed.h: Atom 1.0 (RFC 4287) and JSON Feed 1.1 from the same entries. */
#ifndef FORMAT_FEED_H
#define FORMAT_FEED_H

#include "base/buf.h"

struct feed_entry {
	struct str url, title, summary, html; /* html: the text, or its free part; links in it are absolute */
	struct str section;
	struct str image;          /* absolute URL; empty: none */
	const struct str *authors; /* names */
	size_t author_count;
	int64_t published_at, updated_at;
};

struct feed {
	struct str title, subtitle, language;
	struct str home, self, id; /* absolute URLs; id never changes */
	struct str hub;            /* WebSub; empty: none */
	int64_t updated_at;        /* of the newest entry */
	const struct feed_entry *entries;
	size_t count;
};

/* Append to out, whose failed says whether memory ran out. */
void feed_atom(struct buf *out, const struct feed *feed);
void feed_json(struct buf *out, const struct feed *feed);

/* Appends html with addresses below "/" (href, src) made absolute, and without the smaller versions of images: readers of
 * feeds and mail take the image itself. */
void feed_absolute(struct buf *out, struct str html, struct str site_url);

#endif
