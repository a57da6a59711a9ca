/* page_cache.h: finished pages, every coding with its own validator, shared by all threads. */
#ifndef WEB_PAGE_CACHE_H
#define WEB_PAGE_CACHE_H

#include "base/buf.h"
#include "base/memo.h"
#include "format/compress.h"
#include "format/http.h"

/* The page in one content coding. body.at == NULL: not kept, since it would not be smaller. */
struct page_form {
	struct str body;
	struct str head; /* "Status: …" to "ETag: …", each line ended */
	struct str etag; /* with its quotes */
};

/* Immutable, reference-counted. */
struct page {
	struct memo_value head;
	enum status status;
	_Atomic uint32_t hits; /* the one part that changes, with the count of references */
	const char *type;      /* a constant */
	enum compress_effort effort;
	struct page_form forms[CODING_COUNT]; /* identity is always there */
};

/* What a page is made from, for memo_drop: kinds are enum change_kind, then these. */
#define PAGE_TAGS 96
struct page_tags {
	struct memo_tag tags[PAGE_TAGS];
	size_t n; /* beyond PAGE_TAGS: the page is not kept */
};
void page_tag(struct page_tags *tags, int32_t kind, int64_t id);

/* A page of one reference with a form for each coding that pays; effort as in compress.h. NULL: out of memory. */
struct page *page_new(
    enum status status, const char *type, struct str body, struct compressor *c, enum compress_effort effort);
/* The same page compressed with the next effort, under validators of its own; NULL: out of memory. */
struct page *page_better(const struct page *page, struct compressor *c);
void page_release(const struct page *page); /* NULL is fine */

/* The smallest form among the codings the client takes. */
const struct page_form *page_pick(const struct page *page, unsigned codings);

#endif
