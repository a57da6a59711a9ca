/* sign_in.h: between requests and core/auth: who is at the desk, and the cookies of who comes and goes. */
#ifndef WEB_SIGN_IN_H
#define WEB_SIGN_IN_H

#include <jansson.h>

#include "core/auth.h"
#include "web/response.h"

/* db: a writer, or the entitled connection to look only. False: out of memory. */
bool sign_in_desk(struct context *cx, const struct request *req, struct db *db, struct auth_desk *out);

/* The answer after a sign-in: the session's cookie, the way back; the ticket is wiped. */
enum status sign_in_done(struct context *cx, const struct request *req, struct response *res,
    struct session_ticket *ticket, struct str next);
/* Sets the cookie alone; the browser's old facts are forgotten. */
enum status sign_in_cookie(
    struct context *cx, const struct request *req, struct response *res, struct session_ticket *ticket);
enum status sign_in_clear(struct context *cx, struct response *res, const char *cookie);

/* Forgets what is kept of the reader: one session, or all of the account. */
void sign_in_forget(struct context *cx, const struct request *req, bool account);

/* "next" when it is a path of ours, else "/". */
struct str sign_in_next(struct str typed);

/* browser and system of a device's label: {browser: null or text, system: null or text}. */
json_t *sign_in_device(struct str label);

/* A form's field, decoded; empty when there is none. ERR_INVALID: not a form. */
struct str sign_in_field(const struct request *req, struct arena *a, const char *name);

#endif
