/* rights.h: what the decision needs of an article, from one statement; kept in memory, and below it on disk. */
#ifndef CORE_RIGHTS_H
#define CORE_RIGHTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/memo_value.h"
#include "core/entitlement.h"
#include "store/db.h"

/* What the decision needs of an article, and what its address needs. Immutable, reference-counted. */
struct rights {
	struct memo_value head;
	int64_t article_id, edition;
	int64_t published_at; /* 0: a draft */
	int64_t withdrawn_at; /* 0: not withdrawn */
	struct entitlement_article article;
};

/* One reference in *out. ERR_NOT_FOUND: no article has this address. */
enum err rights_load(struct db *db, struct str section, struct str slug, struct rights **out);

/* As in struct memo_form. */
bool rights_write(const struct memo_value *rights, struct buf *out);
struct memo_value *rights_read(struct str bytes);

#endif
