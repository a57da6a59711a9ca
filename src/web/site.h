/* site.h: what every handler works with: the setup that a reload replaces, the caches, a thread's own things. */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include <pthread.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/memo.h"
#include "core/counters.h"
#include "core/coverage.h"
#include "core/crawlers.h"
#include "core/auth_password.h"
#include "core/newsletter.h"
#include "core/paywall.h"
#include "core/usage.h"
#include "core/session_seen.h"
#include "format/compress.h"
#include "store/db.h"
#include "web/setup.h"

struct polish;
struct crawler_asks;
struct fastcgi_request;

struct site {
	pthread_mutex_t lock; /* of setup */
	struct setup *setup;
	_Atomic uint32_t generation; /* grows with each new setup */
	struct paywall *paywall;
	struct coverage *coverage; /* behind the lock too; NULL: no network is covered */
	struct crawlers *crawlers; /* behind the lock too; NULL: no search engine is known */
	_Atomic uint32_t covered;  /* grows with each new coverage, crawlers */
	struct usage *usage;
	struct memo *pages;
	struct auth_guard guard;
	struct counters *counters; /* NULL: nothing is counted */
	struct crawler_asks *asks; /* NULL: nobody asks */
	struct polish *polish;     /* NULL: pages stay as they were made */
};

/* One pool thread's. Nothing in it is shared. */
struct context {
	struct site *site;
	struct setup *setup; /* held during a request */
	uint32_t generation;
	unsigned asked;            /* statements of this request, as far as they are counted */
	struct coverage *coverage; /* held like setup */
	struct crawlers *crawlers;
	uint32_t covered;
	struct paywall_doors doors;
	struct db *writer;  /* opened at the first POST that needs it */
	struct arena arena; /* emptied after each request */
	struct buf sheet;   /* page_fill's, to write pages in */
	struct compressor *compressor;
	struct session_seen *seen;       /* NULL: every cookie is unsealed */
	struct fastcgi_request *request; /* the one under way */
};

void site_publish(struct site *site, struct setup *fresh); /* takes the reference; pages made before it go */

/* Takes the references; NULL: none. */
void site_cover(struct site *site, struct coverage *coverage, struct crawlers *crawlers);

struct context *context_new(struct site *site); /* NULL with the reason logged */
void context_free(struct context *cx);
void context_refresh(struct context *cx);      /* takes up a newer setup, before a request */
void context_linger(struct context *cx);       /* before what takes longer; late statements say it */
struct db *context_writer(struct context *cx); /* NULL with the reason logged: 503 */

#endif
