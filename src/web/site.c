/* site.c: setups and contexts come and go. */
#include "web/site.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/token.h"
#include "web/fastcgi.h"

#define REQUEST_BYTES ((size_t)8 * 1024 * 1024) /* what one request may take from its arena */
#define QUICK_STATEMENTS 2u

void
setup_release(struct setup *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1)
		return;
	template_set_free(s->templates);
	json_decref(s->texts);
	json_decref(s->common);
	keyring_release(s->keyring);
	for (size_t i = 0; i < s->stripe_secrets.n; i++)
		token_wipe((void *)(uintptr_t)s->stripe_secrets.items[i].at, s->stripe_secrets.items[i].len);
	arena_free(&s->arena);
	free(s);
}

void
site_publish(struct site *site, struct setup *fresh)
{
	struct setup *old;

	pthread_mutex_lock(&site->lock);
	old = site->setup;
	site->setup = fresh;
	atomic_fetch_add(&site->generation, 1);
	pthread_mutex_unlock(&site->lock);
	setup_release(old);
	memo_drop_all(site->pages);
}

void
site_cover(struct site *site, struct coverage *coverage, struct crawlers *crawlers)
{
	struct coverage *old;
	struct crawlers *old_crawlers;

	pthread_mutex_lock(&site->lock);
	old = site->coverage;
	old_crawlers = site->crawlers;
	site->coverage = coverage;
	site->crawlers = crawlers;
	atomic_fetch_add(&site->covered, 1);
	pthread_mutex_unlock(&site->lock);
	coverage_release(old);
	crawlers_release(old_crawlers);
}

static void
refresh_coverage(struct context *cx)
{
	if (cx->covered == atomic_load(&cx->site->covered))
		return;
	coverage_release(cx->coverage);
	crawlers_release(cx->crawlers);
	pthread_mutex_lock(&cx->site->lock);
	cx->coverage = coverage_keep(cx->site->coverage);
	cx->crawlers = crawlers_keep(cx->site->crawlers);
	cx->covered = atomic_load(&cx->site->covered);
	pthread_mutex_unlock(&cx->site->lock);
}

void
context_refresh(struct context *cx)
{
	cx->asked = 0;
	refresh_coverage(cx);
	if (cx->setup != NULL && cx->generation == atomic_load(&cx->site->generation))
		return;
	setup_release(cx->setup);
	session_seen_forget(cx->seen);
	pthread_mutex_lock(&cx->site->lock);
	cx->setup = cx->site->setup;
	atomic_fetch_add(&cx->setup->refs, 1);
	cx->generation = atomic_load(&cx->site->generation);
	pthread_mutex_unlock(&cx->site->lock);
}

void
context_linger(struct context *cx)
{
	if (cx->request != NULL)
		fastcgi_linger(cx->request);
}

/* The first statements of a request look an article up, which is sooner done than a place is changed. */
static void
before_statement(void *arg)
{
	struct context *cx = arg;

	if (cx->asked < QUICK_STATEMENTS)
		cx->asked++;
	else
		context_linger(cx);
}

static bool
open_door(struct context *cx, struct db **db, enum db_role role, struct fault *f)
{
	if (db_open(db, cx->setup->config.database, role, false, f) != ERR_NONE)
		return false;
	db_before(*db, before_statement, cx);
	return true;
}

struct context *
context_new(struct site *site)
{
	struct context *cx = calloc(1, sizeof *cx);
	struct fault f = {""};

	if (cx == NULL)
		return NULL;
	cx->site = site;
	arena_init(&cx->arena, REQUEST_BYTES);
	context_refresh(cx);
	cx->compressor = compressor_new();
	cx->seen = session_seen_new();
	if (cx->compressor != NULL && open_door(cx, &cx->doors.open, DB_PUBLIC, &f) &&
	    open_door(cx, &cx->doors.full, DB_ENTITLED, &f))
		return cx;
	LOG_ERROR("thread_start", LOG_CSTR("reason", f.text));
	context_free(cx);
	return NULL;
}

void
context_free(struct context *cx)
{
	db_close(cx->doors.open);
	db_close(cx->doors.full);
	db_close(cx->writer);
	compressor_free(cx->compressor);
	session_seen_free(cx->seen);
	arena_free(&cx->arena);
	buf_free(&cx->sheet);
	setup_release(cx->setup);
	coverage_release(cx->coverage);
	crawlers_release(cx->crawlers);
	free(cx);
}

struct db *
context_writer(struct context *cx)
{
	struct fault f = {""};

	if (cx->writer == NULL && !open_door(cx, &cx->writer, DB_WRITER, &f))
		LOG_ERROR("writer", LOG_CSTR("reason", f.text));
	return cx->writer;
}
