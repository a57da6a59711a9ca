/* page_cache.c: makes pages whose forms and header lines are ready to send. */
#include "web/page_cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/token.h"

#define ETAG_DIGITS 20 /* of the content's hash: 80 bit */

void
page_tag(struct page_tags *tags, int32_t kind, int64_t id)
{
	for (size_t i = 0; i < tags->n && i < PAGE_TAGS; i++)
		if (tags->tags[i].kind == kind && tags->tags[i].id == id)
			return;
	if (tags->n < PAGE_TAGS)
		tags->tags[tags->n] = (struct memo_tag){kind, id};
	tags->n++;
}

static void
page_destroy(struct memo_value *value)
{
	free(value);
}

/* Bodies first, then heads; positions are turned into pointers once the block does not move any more. */
struct draft {
	struct buf bytes;
	size_t body[CODING_COUNT], body_len[CODING_COUNT], head[CODING_COUNT], head_len[CODING_COUNT];
	bool kept[CODING_COUNT];
};

static void
draft_bodies(struct draft *d, struct str body, struct compressor *c, enum compress_effort effort)
{
	size_t best = body.len;

	buf_put(&d->bytes, body);
	d->body_len[CODING_IDENTITY] = body.len;
	d->kept[CODING_IDENTITY] = true;
	for (int k = CODING_GZIP; k < CODING_COUNT && c != NULL && body.len >= COMPRESS_LEAST; k++) {
		size_t from = d->bytes.len;

		if (!compress_body(c, (enum coding)k, effort, body, &d->bytes))
			continue;
		if (!compress_worth((enum coding)k, d->bytes.len - from, best)) {
			d->bytes.len = from;
			continue;
		}
		best = d->body_len[k] = d->bytes.len - from;
		d->body[k] = from;
		d->kept[k] = true;
	}
}

static void
draft_head(struct draft *d, int k, enum status status, const char *type, const char *hash,
    enum compress_effort effort)
{
	static const char *const marks[] = {
	    [COMPRESS_FAST] = "f", [COMPRESS_QUICK] = "", [COMPRESS_BEST] = "x"};

	d->head[k] = d->bytes.len;
	buf_printf(&d->bytes, "Status: %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n", (int)status,
	    http_reason(status), type, d->body_len[k]);
	if (k != CODING_IDENTITY)
		buf_printf(&d->bytes, "Content-Encoding: %s\r\n", http_coding_name((enum coding)k));
	/* Strong validators: other bytes of the same content have another one (RFC 9110 8.8.1). */
	buf_printf(&d->bytes, "ETag: \"%s-%s%s\"\r\n", hash, http_coding_name((enum coding)k),
	    k != CODING_IDENTITY ? marks[effort] : "");
	d->head_len[k] = d->bytes.len - d->head[k];
}

static struct str
etag_of(struct str head)
{
	size_t from = str_find(head, STR("ETag: ")) + 6;

	return str_slice(head, from, head.len - 2);
}

struct page *
page_new(
    enum status status, const char *type, struct str body, struct compressor *c, enum compress_effort effort)
{
	struct draft d = {.bytes = BUF_EMPTY};
	char hash[TOKEN_HASH + 1];
	struct page *page = NULL;

	token_hash(body, hash);
	hash[ETAG_DIGITS] = '\0';
	draft_bodies(&d, body, c, effort);
	for (int k = 0; k < CODING_COUNT; k++)
		if (d.kept[k])
			draft_head(&d, k, status, type, hash, effort);
	if (!d.bytes.failed)
		page = calloc(1, sizeof *page + d.bytes.len);
	if (page != NULL) {
		char *at = (char *)(page + 1);

		memcpy(at, d.bytes.data, d.bytes.len);
		page->head = (struct memo_value){1, sizeof *page + d.bytes.len, page_destroy};
		page->status = status;
		page->type = type;
		page->effort = effort;
		for (int k = 0; k < CODING_COUNT; k++)
			if (d.kept[k]) {
				page->forms[k].body = (struct str){at + d.body[k], d.body_len[k]};
				page->forms[k].head = (struct str){at + d.head[k], d.head_len[k]};
				page->forms[k].etag = etag_of(page->forms[k].head);
			}
	}
	buf_free(&d.bytes);
	return page;
}

struct page *
page_better(const struct page *page, struct compressor *c)
{
	struct page *better = page_new(page->status, page->type, page->forms[CODING_IDENTITY].body, c,
	    page->effort == COMPRESS_FAST ? COMPRESS_QUICK : COMPRESS_BEST);

	if (better != NULL) /* it counts on from here, past the hit at which it would be asked for again */
		atomic_store_explicit(&better->hits, atomic_load_explicit(&page->hits, memory_order_relaxed),
		    memory_order_relaxed);
	return better;
}

void
page_release(const struct page *page)
{
	/* The count of references changes even in what is const to its readers. */
	if (page != NULL)
		memo_release((struct memo_value *)(uintptr_t)&page->head);
}

const struct page_form *
page_pick(const struct page *page, unsigned codings)
{
	for (int k = CODING_COUNT - 1; k > CODING_IDENTITY; k--)
		if ((codings & 1u << k) != 0 && page->forms[k].body.at != NULL)
			return &page->forms[k];
	return &page->forms[CODING_IDENTITY];
}
