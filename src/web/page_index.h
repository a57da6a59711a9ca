/* page_index.h: home, and the lists of a section, an author, a tag. */
#ifndef WEB_PAGE_INDEX_H
#define WEB_PAGE_INDEX_H

#include "web/response.h"

enum status page_home(struct context *cx, const struct request *req, struct response *res);
enum status page_section(struct context *cx, const struct request *req, struct response *res);
enum status page_author(struct context *cx, const struct request *req, struct response *res);
enum status page_tag_list(struct context *cx, const struct request *req, struct response *res);

#endif
