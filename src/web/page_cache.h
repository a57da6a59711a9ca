/* page_cache.h: finished pages in the codings that are asked for, each with its own validator, shared by all threads. */
#ifndef WEB_PAGE_CACHE_H
#define WEB_PAGE_CACHE_H

#include "base/buf.h"
#include "base/memo.h"
#include "format/compress.h"
#include "format/http.h"

/* The page in one content coding. body.at == NULL: not kept, since it would not be smaller or nobody asked. */
struct page_form {
	struct str body;
	struct str head; /* "Status: …" to "ETag: …", each line ended */
	struct str etag; /* with its quotes */
};

#define PAGE_HASH 20 /* digits of the content's hash in a validator: 80 bit */

/* Immutable, reference-counted. */
struct page {
	struct memo_value head;
	enum status status;
	_Atomic uint32_t hits; /* the one part that changes, with the count of references */
	struct str type;
	enum compress_effort effort;
	size_t length; /* of the plain body */
	char hash[PAGE_HASH + 1];
	struct page_form forms[CODING_COUNT]; /* identity or gzip is there, and the other can be made of it */
};

/* What a page is made from, for memo_drop: kinds are enum change_kind, then these. */
#define PAGE_TAGS 96
struct page_tags {
	struct memo_tag tags[PAGE_TAGS];
	size_t n; /* beyond PAGE_TAGS: the page is not kept */
};
void page_tag(struct page_tags *tags, int32_t kind, int64_t id);

struct page_source {
	enum status status;
	const char *type;
	struct str body;
};

/* A page of one reference with the forms that pay. The plain one, three times as large, is kept only where codings (as
 * http_codings gives them) leave no other. Effort as in compress.h. NULL: out of memory. */
struct page *page_new(
    const struct page_source *source, unsigned codings, struct compressor *c, enum compress_effort effort);
/* The same page compressed with the next effort, under validators of its own; NULL: out of memory. */
struct page *page_better(const struct page *page, struct compressor *c);
/* The same page with its plain form beside the others; NULL: out of memory. */
struct page *page_plain(const struct page *page, struct compressor *c);
void page_release(const struct page *page); /* NULL is fine */

/* A page as bytes for the cache on disk, and the page that they were; as in struct memo_form. Parts of pages are not
 * written: they lie among the pages, and are made in no time. */
bool page_write(const struct memo_value *page, struct buf *out);
struct memo_value *page_read(struct str bytes);

/* The smallest form among the codings the client takes; NULL: page_plain is needed first. */
const struct page_form *page_pick(const struct page *page, unsigned codings);

#endif
