/* paging.h: lists in pages: ?page=N, and the links between them. */
#ifndef WEB_PAGING_H
#define WEB_PAGING_H

#include <jansson.h>

#include "store/list_store.h"
#include "web/page_cache.h"
#include "web/request.h"
#include "web/site.h"

/* The page asked for, 1 when none is; false: no page has that number. */
bool paging_read(struct context *cx, const struct request *req, int64_t *page);

struct str paging_path(
    struct context *cx, struct str path, int64_t page); /* with its query; at NULL: out of memory */

/* cards, has_cards, pages, page_number, previous_url, next_url. */
bool paging_add(struct context *cx, json_t *data, struct str path, int64_t page, const struct cards *cards,
    struct page_tags *tags);

#endif
