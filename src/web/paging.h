/* paging.h: lists in parts: ?before=TIME-ID, the card that a part follows, and the links between parts. ?page=N is
 * understood too, for whoever makes addresses by hand. */
#ifndef WEB_PAGING_H
#define WEB_PAGING_H

#include <jansson.h>

#include "store/list_store.h"
#include "web/response.h"

/* Which part is asked for, into range and *path, its canonical address below list. STATUS_OK; STATUS_NOT_FOUND: no part is
 * called that; STATUS_MOVED with res: page 1 is the list itself. */
enum status paging_read(struct context *cx, const struct request *req, struct response *res,
    struct list_range *range, struct str *path);

bool paging_is_first(const struct list_range *range);

/* cards, has_cards, pages, previous_url, next_url. list: the address of the first part. */
bool paging_add(struct context *cx, json_t *data, struct str list, const struct list_range *range,
    const struct cards *cards, struct page_tags *tags);

#endif
