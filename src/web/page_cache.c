/* page_cache.c: makes pages whose forms and header lines are ready to send. */
#include "web/page_cache.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/token.h"

#define MALLOC_OWN ((size_t)8) /* what malloc adds to a block */
#define BLOCK_STEP ((size_t)256)
#define BLOCK_LOSS 8 /* an eighth is lost between blocks: measured, and charged to the budget */

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

/* What a page will hold. Its strings, which are the caller's and the compressor's, are put into one block at the end. */
struct draft {
	enum status status;
	struct str type;
	enum compress_effort effort;
	size_t length;
	char hash[TOKEN_HASH + 1];
	struct str bodies[CODING_COUNT]; /* at == NULL: not kept */
	struct buf heads;
	size_t head_from[CODING_COUNT], head_len[CODING_COUNT];
};

/* Packs the body in each coding that pays; identity is left out unless nothing else serves the codings. */
static void
draft_bodies(struct draft *d, struct str body, unsigned codings, struct compressor *c)
{
	struct buf *packed = c == NULL ? NULL : compress_room(c);
	size_t from[CODING_COUNT], len[CODING_COUNT] = {body.len}, best = body.len;
	unsigned kept = 0;

	for (int k = CODING_GZIP; k < CODING_COUNT && c != NULL && body.len >= COMPRESS_LEAST; k++) {
		from[k] = packed->len;
		if (!compress_body(c, (enum coding)k, d->effort, body, packed))
			continue;
		len[k] = packed->len - from[k];
		if (!compress_worth((enum coding)k, len[k], best)) {
			packed->len = from[k];
			continue;
		}
		best = len[k];
		kept |= 1u << k;
	}
	d->length = body.len;
	for (int k = CODING_GZIP; k < CODING_COUNT; k++) /* what is packed does not move any more */
		if ((kept & 1u << k) != 0)
			d->bodies[k] = (struct str){packed->data + from[k], len[k]};
	if ((kept & 1u << CODING_GZIP) == 0 || (kept & codings) == 0)
		d->bodies[CODING_IDENTITY] = body;
}

static void
draft_head(struct draft *d, int k)
{
	static const char *const marks[] = {
	    [COMPRESS_FAST] = "f", [COMPRESS_QUICK] = "", [COMPRESS_BEST] = "x"};

	d->head_from[k] = d->heads.len;
	buf_printf(&d->heads, "Status: %d %s\r\nContent-Type: " STR_FMT "\r\nContent-Length: %zu\r\n",
	    (int)d->status, http_reason(d->status), STR_ARG(d->type), d->bodies[k].len);
	if (k != CODING_IDENTITY)
		buf_printf(&d->heads, "Content-Encoding: %s\r\n", http_coding_name((enum coding)k));
	/* Strong validators: other bytes of the same content have another one (RFC 9110 8.8.1). */
	buf_printf(&d->heads, "ETag: \"%s-%s%s\"\r\n", d->hash, http_coding_name((enum coding)k),
	    k != CODING_IDENTITY ? marks[d->effort] : "");
	d->head_len[k] = d->heads.len - d->head_from[k];
}

static struct str
etag_of(struct str head)
{
	size_t from = str_find(head, STR("ETag: ")) + 6;

	return str_slice(head, from, head.len - 2);
}

static struct str
lay(char **at, struct str s)
{
	struct str laid = {*at, s.len};

	memcpy(*at, s.at, s.len);
	*at += s.len;
	return laid;
}

static void
lay_forms(const struct draft *d, struct page *page)
{
	char *at = (char *)(page + 1);

	page->type = lay(&at, d->type);
	for (int k = 0; k < CODING_COUNT; k++)
		if (d->bodies[k].at != NULL) {
			page->forms[k].body = lay(&at, d->bodies[k]);
			page->forms[k].head = lay(
			    &at, (struct str){d->heads.data + d->head_from[k], d->head_len[k]});
			page->forms[k].etag = etag_of(page->forms[k].head);
		}
}

/* Thousands of pages come and go: of a few sizes, they fit where others were. */
static size_t
block_size(size_t n)
{
	return (n + MALLOC_OWN + BLOCK_STEP - 1) / BLOCK_STEP * BLOCK_STEP - MALLOC_OWN;
}

/* Ends the draft. */
static struct page *
draft_page(struct draft *d)
{
	struct page *page = NULL;
	size_t n = d->type.len;

	d->hash[PAGE_HASH] = '\0';
	for (int k = 0; k < CODING_COUNT; k++)
		if (d->bodies[k].at != NULL) {
			draft_head(d, k);
			n += d->bodies[k].len + d->head_len[k];
		}
	n = block_size(sizeof *page + n);
	if (!d->heads.failed)
		page = malloc(n);
	if (page != NULL) {
		*page = (struct page){.head = {1, n + MALLOC_OWN + n / BLOCK_LOSS, page_destroy},
		    .status = d->status,
		    .effort = d->effort,
		    .length = d->length};
		memcpy(page->hash, d->hash, sizeof page->hash);
		lay_forms(d, page);
	}
	buf_free(&d->heads);
	return page;
}

struct page *
page_new(
    const struct page_source *source, unsigned codings, struct compressor *c, enum compress_effort effort)
{
	struct draft d = {.status = source->status, .type = str_of(source->type), .effort = effort};
	const struct str *packed = &d.bodies[CODING_GZIP];

	draft_bodies(&d, source->body.at != NULL ? source->body : STR(""), codings, c);
	/* What was packed names the content as well as the content does, in a third of the time. */
	token_hash(packed->at != NULL ? *packed : source->body, d.hash);
	return draft_page(&d);
}

/* The plain body: the page's own, or in *room, which is the caller's to free. at == NULL: out of memory. */
static struct str
plain_body(const struct page *page, struct compressor *c, char **room)
{
	struct str plain = page->forms[CODING_IDENTITY].body;

	*room = NULL;
	if (plain.at != NULL)
		return plain;
	*room = malloc(page->length);
	if (*room == NULL || !compress_undo(c, page->forms[CODING_GZIP].body, *room, page->length))
		return (struct str){NULL, 0};
	return (struct str){*room, page->length};
}

/* It counts on from where the other is, past the hit at which it would be asked for again. */
static struct page *
succeed(struct page *next, const struct page *page)
{
	if (next != NULL)
		atomic_store_explicit(&next->hits, atomic_load_explicit(&page->hits, memory_order_relaxed),
		    memory_order_relaxed);
	return next;
}

static struct draft
draft_of(const struct page *page, enum compress_effort effort)
{
	struct draft d = {
	    .status = page->status, .type = page->type, .effort = effort, .length = page->length};

	memcpy(d.hash, page->hash, sizeof page->hash);
	return d;
}

struct page *
page_better(const struct page *page, struct compressor *c)
{
	bool plain_too = page->forms[CODING_IDENTITY].body.at != NULL;
	struct draft d = draft_of(page, page->effort == COMPRESS_FAST ? COMPRESS_QUICK : COMPRESS_BEST);
	struct page *better = NULL;
	char *room;
	struct str body = plain_body(page, c, &room);

	if (body.at != NULL) {
		draft_bodies(&d, body, plain_too ? 0 : ~0u, c);
		better = succeed(draft_page(&d), page);
	}
	free(room);
	return better;
}

struct page *
page_plain(const struct page *page, struct compressor *c)
{
	struct draft d = draft_of(page, page->effort);
	struct page *whole = NULL;
	char *room;
	struct str body = plain_body(page, c, &room);

	if (body.at != NULL) {
		for (int k = CODING_GZIP; k < CODING_COUNT; k++)
			d.bodies[k] = page->forms[k].body;
		d.bodies[CODING_IDENTITY] = body;
		whole = succeed(draft_page(&d), page);
	}
	free(room);
	return whole;
}

/* What stands before a page's type and bodies on disk. */
struct written {
	uint32_t status, effort, hits, type;
	uint64_t length, bodies[CODING_COUNT];
	char hash[PAGE_HASH + 1];
	bool kept[CODING_COUNT];
};

bool
page_write(const struct memo_value *value, struct buf *out)
{
	const struct page *page = (const struct page *)(const void *)value;
	struct written w;

	if (value->destroy != page_destroy)
		return false;
	w = (struct written){.status = (uint32_t)page->status,
	    .effort = (uint32_t)page->effort,
	    .hits = atomic_load_explicit(&page->hits, memory_order_relaxed),
	    .type = (uint32_t)page->type.len,
	    .length = page->length};

	memcpy(w.hash, page->hash, sizeof w.hash);
	for (int k = 0; k < CODING_COUNT; k++) {
		w.kept[k] = page->forms[k].body.at != NULL;
		w.bodies[k] = page->forms[k].body.len;
	}
	buf_put(out, (struct str){(const char *)&w, sizeof w});
	buf_put(out, page->type);
	for (int k = 0; k < CODING_COUNT; k++)
		if (w.kept[k])
			buf_put(out, page->forms[k].body);
	return true;
}

/* The first n of the bytes; at == NULL: there are not so many. */
static struct str
cut(struct str *bytes, uint64_t n)
{
	struct str part = {bytes->at, (size_t)n};

	if (n > bytes->len)
		return (struct str){NULL, 0};
	*bytes = str_slice(*bytes, (size_t)n, bytes->len);
	return part;
}

struct memo_value *
page_read(struct str bytes)
{
	struct written w;
	struct draft d;
	struct page *page;
	bool any = false;

	if (bytes.len < sizeof w)
		return NULL;
	memcpy(&w, cut(&bytes, sizeof w).at, sizeof w);
	d = (struct draft){.status = (enum status)w.status,
	    .type = cut(&bytes, w.type),
	    .effort = (enum compress_effort)w.effort,
	    .length = (size_t)w.length};
	memcpy(d.hash, w.hash, sizeof w.hash);
	for (int k = 0; k < CODING_COUNT; k++)
		if (w.kept[k]) {
			d.bodies[k] = cut(&bytes, w.bodies[k]);
			if (d.bodies[k].at == NULL)
				return NULL;
			any = true;
		}
	page = any && d.type.at != NULL && d.effort <= COMPRESS_BEST ? draft_page(&d) : NULL;
	if (page == NULL)
		return NULL;
	atomic_store_explicit(&page->hits, w.hits, memory_order_relaxed);
	return &page->head;
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
	return page->forms[CODING_IDENTITY].body.at != NULL ? &page->forms[CODING_IDENTITY] : NULL;
}
