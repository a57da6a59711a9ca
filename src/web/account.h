/* account.h: what all pages below /account share: their guards and the reader's own head. */
#ifndef WEB_ACCOUNT_H
#define WEB_ACCOUNT_H

#include <jansson.h>

#include "store/subscriber_store.h"
#include "web/response.h"

/* STATUS_OK, or the way to /login and back for who is not signed in. */
enum status account_guard(struct context *cx, const struct request *req, struct response *res);

/* Whether the session is young enough to change password, address or to erase. */
bool account_recent(const struct context *cx, const struct request *req);
/* The way to /login and back to path, for a POST of a session that is not. */
enum status account_sign_in_again(struct context *cx, struct response *res, const char *path);

/* The page's data with account{email, tab_NAME: true, recent, again_url}; NULL with *status set. The caller's to json_decref. */
json_t *account_page(struct context *cx, const struct request *req, const char *tab, const char *title_key,
    struct subscriber *reader, enum status *status);

/* Renders what account_page began and frees it. status: of the page when all goes well. */
enum status account_render(
    struct context *cx, struct response *res, const char *template, json_t *data, enum status status);

/* NAME_text and NAME_clock (18:45, null at 0) beside NAME_iso. */
bool account_moment(const struct context *cx, json_t *object, const char *name, int64_t at);

/* STATUS_UNAVAILABLE with the reason logged. */
enum status account_fault(const struct fault *f, enum err e);

#endif
