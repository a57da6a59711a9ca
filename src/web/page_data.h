/* page_data.h: /account/data and its two files, /account/erase. */
#ifndef WEB_PAGE_DATA_H
#define WEB_PAGE_DATA_H

#include "web/router.h"

enum status page_data(struct context *cx, const struct request *req, struct response *res);
enum status page_data_json(struct context *cx, const struct request *req, struct response *res);
enum status page_data_csv(struct context *cx, const struct request *req, struct response *res);
enum status page_erase(struct context *cx, const struct request *req, struct response *res);
enum status page_erased(struct context *cx, const struct request *req, struct response *res);

#endif
