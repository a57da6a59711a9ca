/* rights.c: one block of memory for an article and the plans that open it. */
#include "core/rights.h"

#include <stdlib.h>
#include <string.h>

#include "store/article_store.h"

#define SCRATCH_BYTES ((size_t)256 * 1024)

struct rights_block {
	struct rights rights;
	int64_t plans[];
};

/* What is written of one; the plans follow. */
struct record {
	int64_t article_id, edition, published_at, withdrawn_at, access;
};

static void
block_destroy(struct memo_value *value)
{
	free(value);
}

/* NULL: out of memory. The caller fills in the rest. */
static struct rights_block *
new_block(enum access access, size_t plans)
{
	size_t bytes = sizeof(struct rights_block) + plans * sizeof(int64_t);
	struct rights_block *block = calloc(1, bytes);

	if (block == NULL)
		return NULL;
	block->rights.head = (struct memo_value){1, bytes, block_destroy};
	block->rights.article = (struct entitlement_article){access, block->plans, plans};
	return block;
}

enum err
rights_load(struct db *db, struct str section, struct str slug, struct rights **out)
{
	struct arena scratch;
	struct article_rights row;
	struct rights_block *block = NULL;
	enum err e;

	arena_init(&scratch, SCRATCH_BYTES);
	e = article_store_rights(db, &scratch, section, slug, &row);
	if (e == ERR_NONE && (block = new_block(access_parse(row.access), row.plan_count)) == NULL)
		e = ERR_MEMORY;
	if (e == ERR_NONE) {
		memcpy(block->plans, row.plans, row.plan_count * sizeof block->plans[0]);
		block->rights.article_id = row.id;
		block->rights.edition = row.edition;
		block->rights.published_at = row.published_at;
		block->rights.withdrawn_at = row.withdrawn_at;
		*out = &block->rights;
	}
	arena_free(&scratch);
	return e;
}

bool
rights_write(const struct memo_value *value, struct buf *out)
{
	const struct rights *r = (const struct rights *)value;
	const struct record record = {
	    r->article_id, r->edition, r->published_at, r->withdrawn_at, (int64_t)r->article.access};

	buf_put(out, (struct str){(const char *)&record, sizeof record});
	buf_put(out, (struct str){(const char *)r->article.plans, r->article.plan_count * sizeof(int64_t)});
	return true;
}

struct memo_value *
rights_read(struct str bytes)
{
	struct record record;
	struct rights_block *block;

	if (bytes.len < sizeof record || (bytes.len - sizeof record) % sizeof(int64_t) != 0)
		return NULL;
	memcpy(&record, bytes.at, sizeof record);
	block = new_block((enum access)record.access, (bytes.len - sizeof record) / sizeof(int64_t));
	if (block == NULL)
		return NULL;
	memcpy(block->plans, bytes.at + sizeof record, bytes.len - sizeof record);
	block->rights.article_id = record.article_id;
	block->rights.edition = record.edition;
	block->rights.published_at = record.published_at;
	block->rights.withdrawn_at = record.withdrawn_at;
	return &block->rights.head;
}
