/* passages.h: every run of words that is only paid for, and whether something holds one. */
#ifndef APP_PASSAGES_H
#define APP_PASSAGES_H

#include "base/err.h"
#include "store/db.h"

struct passages; /* lifetime: passages_open … passages_close */

/* Reads all articles. A run that stands in something free as well, be it another article, is no secret and left out.
 * Archives of more than some ten million words are represented by a part of their runs. DB_ENTITLED. */
enum err passages_open(struct passages **out, struct db *db, int64_t now, struct fault *f);
void passages_close(struct passages *p); /* NULL is fine */

size_t passages_count(const struct passages *p);

/* The first run that bytes (a body, a header) hold and the id of the article it is from; false: none. Strings live in
 * the arena. */
struct passage {
	int64_t article_id;
	struct str words;
};
bool passages_find(const struct passages *p, struct arena *a, struct str bytes, struct passage *out);

#endif
