/* request.h: one request, bounded and checked, as handlers see it. */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include "core/paywall.h"
#include "format/form.h"
#include "format/http.h"
#include "format/url.h"

#define REQUEST_ARGS 2

struct request {
	enum method method;
	struct url url;                /* canonical path; query as it came */
	bool misspelt;                 /* the path came in another spelling: url.path is where to go */
	struct str args[REQUEST_ARGS]; /* what the route's :names matched */
	/* header fields; empty when absent */
	struct str cookies, accept_encoding, if_none_match, content_type, origin, fetch_site, id, user_agent;
	struct str peer;    /* REMOTE_ADDR, as the web server in front says */
	struct str referer; /* for one yes or no: did a search engine send the visitor */
	bool uncounted;     /* the browser objects to being counted (Sec-GPC, DNT) */
	bool personal;      /* POTERNE_LANE=member: the web server keeps no copy of the answer for others */
	int64_t length;     /* CONTENT_LENGTH, 0 when absent */
	struct str body;    /* of a POST, read whole */
	struct str stripe_signature; /* empty unless it came just once */
	int64_t now;
	bool
	    bears_session; /* a cookie of ours came, whatever it is worth: no answer to it is for everybody */
	struct facts *reader; /* NULL: nobody, or no good session */
	struct entitlement_visit
	    visit; /* what the visit itself brings; of one article in page_article alone */
};

/* Reads the CGI variables (RFC 3875 4.1). STATUS_OK, or why this is no request of ours: 400, 503. */
enum status request_read(struct request *req, char *const *environment, struct arena *a);

/* Whether what follows the first segment is a token: it keeps its case, and stays out of logs. */
bool request_path_is_secret(struct str path);

/* The value of a query or form field, empty when there is none. */
struct str request_query(const struct request *req, struct arena *a, const char *name);

/* How much of the site is open to the reader: part of every page's key, since the header shows it. */
enum standing {
	STANDING_NOBODY,
	STANDING_READER,     /* signed in */
	STANDING_VISITOR,    /* not signed in, but covered where the visit comes from */
	STANDING_SUBSCRIBER, /* signed in and covered */
};
enum standing request_standing(const struct request *req);

/* Whether the answer is the same for everybody who sends no cookie from anywhere. */
bool request_is_plain(const struct request *req);

#endif
