/* invalidate.c: a change's row to the tags of pages. */
#include "web/invalidate.h"

#include "store/article_store.h"
#include "store/sitemap_store.h"
#include "web/view.h"

#define SCRATCH_BYTES ((size_t)1024 * 1024)

/* The lists that an article enters or stays in. Where it has left, pages bear its own tag. */
static void
drop_lists_of(struct site *site, struct db *db, int64_t article_id)
{
	struct arena scratch;
	struct article art;
	struct memo_tag tags[2 + 2 * ARTICLE_NAMES_MAX];
	size_t n = 0;

	arena_init(&scratch, SCRATCH_BYTES);
	tags[n++] = (struct memo_tag){VIEW_LIST_HOME, 0};
	if (article_store_read(db, &scratch, article_id, &art) == ERR_NONE) {
		tags[n++] = (struct memo_tag){VIEW_LIST_SECTION, art.section_id};
		for (size_t i = 0; i < art.byline_count; i++)
			tags[n++] = (struct memo_tag){VIEW_LIST_AUTHOR, art.bylines[i].id};
		for (size_t i = 0; i < art.tag_count; i++)
			tags[n++] = (struct memo_tag){VIEW_LIST_TAG, art.tags[i].id};
	}
	memo_drop(site->pages, tags, n, false);
	arena_free(&scratch);
}

void
invalidate_change(struct site *site, struct db *db, const struct change *change)
{
	struct memo_tag tags[] = {{(int32_t)change->kind, change->ref}, {(int32_t)change->kind, 0}};

	paywall_forget(site->paywall, change);
	if (change->kind == CHANGE_EVERYTHING) {
		memo_drop_all(site->pages);
		return;
	}
	/* Readers' rows are in no page: rights and facts decide which page is sent. */
	if (change->kind == CHANGE_SUBSCRIBER || change->kind == CHANGE_SESSION ||
	    change->kind == CHANGE_INSTITUTION)
		return;
	/* What only looks different may be shown until the new page is made; what may not be read is gone at once. */
	memo_drop(site->pages, tags, 2, !change->access);
	if (change->kind == CHANGE_ARTICLE) {
		const struct memo_tag part = {VIEW_SITEMAP, sitemap_store_part_of(change->ref)};

		memo_drop(site->pages, &part, 1, !change->access);
	}
	if (change->kind == CHANGE_ARTICLE && change->access)
		drop_lists_of(site, db, change->ref);
}

void
invalidate_lists(struct site *site)
{
	const struct memo_tag tag = {VIEW_LISTS, 0};

	memo_drop(site->pages, &tag, 1, false);
}
