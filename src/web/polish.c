/* polish.c: brotli 5, later 11, and gzip 9, up to 40 ms a page, while nobody waits. */
#include "web/polish.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX ((size_t)32)
#define KEY_BYTES ((size_t)512)

struct wish {
	char key[KEY_BYTES];
	size_t key_len;
	struct page *page;
};

struct polish {
	struct memo *pages;
	struct compressor *compressor;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t some;
	bool stop;
	struct wish wishes[WAITING_MAX]; /* a ring */
	size_t first, count;
};

static bool
take_wish(struct polish *p, struct wish *out)
{
	bool any;

	pthread_mutex_lock(&p->lock);
	while (!p->stop && p->count == 0)
		pthread_cond_wait(&p->some, &p->lock);
	any = p->count > 0;
	if (any) {
		*out = p->wishes[p->first];
		p->first = (p->first + 1) % WAITING_MAX;
		p->count--;
	}
	pthread_mutex_unlock(&p->lock);
	return any;
}

/* The best form is for idle processors alone; but who holds a lock of the cache while put off would hold up everybody. */
static void
be_idle(bool idle)
{
	const struct sched_param none = {.sched_priority = 0};

	(void)pthread_setschedparam(pthread_self(), idle ? SCHED_IDLE : SCHED_OTHER, &none);
}

static void
fulfil(struct polish *p, const struct wish *wish)
{
	struct page *better;

	be_idle(wish->page->effort != COMPRESS_FAST);
	better = page_better(wish->page, p->compressor);
	be_idle(false);
	if (better != NULL)
		(void)memo_replace(
		    p->pages, (struct str){wish->key, wish->key_len}, &wish->page->head, &better->head);
	page_release(better);
	page_release(wish->page);
}

static void *
polish_main(void *arg)
{
	struct polish *p = arg;
	struct wish wish;

	while (take_wish(p, &wish))
		fulfil(p, &wish);
	return NULL;
}

enum err
polish_start(struct polish **out, struct memo *pages)
{
	struct polish *p = calloc(1, sizeof *p);

	if (p == NULL || (p->compressor = compressor_new()) == NULL) {
		free(p);
		return ERR_MEMORY;
	}
	p->pages = pages;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->some, NULL);
	if (pthread_create(&p->thread, NULL, polish_main, p) != 0) {
		compressor_free(p->compressor);
		free(p);
		return ERR_INTERNAL;
	}
	*out = p;
	return ERR_NONE;
}

void
polish_stop(struct polish *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	while (p->count > 0) { /* what is not begun is not worth waiting for */
		page_release(p->wishes[p->first].page);
		p->first = (p->first + 1) % WAITING_MAX;
		p->count--;
	}
	pthread_cond_signal(&p->some);
	pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->thread, NULL);
	compressor_free(p->compressor);
	(void)pthread_cond_destroy(&p->some);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

static bool
waits_already(const struct polish *p, const struct page *page)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->wishes[(p->first + i) % WAITING_MAX].page == page)
			return true;
	return false;
}

void
polish_want(struct polish *p, struct str key, struct page *page)
{
	struct wish *wish;

	if (p == NULL || key.len > KEY_BYTES || pthread_mutex_trylock(&p->lock) != 0)
		return;
	if (!p->stop && p->count < WAITING_MAX && !waits_already(p, page)) {
		wish = &p->wishes[(p->first + p->count++) % WAITING_MAX];
		memcpy(wish->key, key.at, key.len);
		wish->key_len = key.len;
		wish->page = page;
		memo_hold(&page->head);
		pthread_cond_signal(&p->some);
	}
	pthread_mutex_unlock(&p->lock);
}
