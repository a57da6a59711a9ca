/* fastcgi_lookout.c: epoll sets and the turns at them. */
#include "web/fastcgi_lookout.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"

#define FOUND_MAX 16
#define IDLE_MS 1000
#define REST_MS 100
#define STALL_US ((int64_t)50000) /* at one item for longer: the thread is relieved */
#define LINGER_MS 20 /* on stop: kept connections get this long to bring a request that is on its way */

/* Whoever stands there has it to itself, but for serving and turn, which are behind the lock. */
struct lookout {
	int epoll;
	struct lookout_turn *turn;    /* NULL: free */
	struct lookout_item *serving; /* NULL: the thread waits, or is between two */
	uint64_t served, checked_served;
	int64_t checked_at; /* ticks */
	bool lingered, ended;
	int next, n;
	struct epoll_event found[FOUND_MAX];
};

struct lookouts {
	pthread_mutex_t lock;
	pthread_cond_t free; /* a place is, or there will be none */
	bool stopping;
	int wake; /* eventfd, in every set */
	struct lookout_item *listening;
	unsigned n, added;
	struct lookout places[];
};

static bool
watch(int epoll, int fd, void *mark, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = mark};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool
open_place(struct lookouts *l, struct lookout *p)
{
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	return p->epoll >= 0 && watch(p->epoll, l->wake, l, EPOLLIN) &&
	       watch(p->epoll, l->listening->fd, l->listening, EPOLLIN | EPOLLEXCLUSIVE);
}

enum err
lookouts_open(struct lookouts **out, unsigned n, struct lookout_item *listening, struct fault *f)
{
	struct lookouts *l = calloc(1, sizeof *l + n * sizeof l->places[0]);
	bool ok = l != NULL;

	*out = NULL;
	if (l == NULL || !wait_open(&l->free)) {
		free(l);
		return fault_set(f, ERR_MEMORY, "no memory for the pool");
	}
	(void)pthread_mutex_init(&l->lock, NULL);
	l->listening = listening;
	l->n = n;
	for (unsigned i = 0; i < n; i++)
		l->places[i].epoll = -1;
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ok = l->wake >= 0;
	for (unsigned i = 0; ok && i < n; i++)
		ok = open_place(l, &l->places[i]);
	if (!ok) {
		enum err e = fault_set(f, ERR_INTERNAL, "epoll or eventfd: %s", strerror(errno));

		lookouts_close(l);
		return e;
	}
	*out = l;
	return ERR_NONE;
}

void
lookouts_close(struct lookouts *l)
{
	if (l == NULL)
		return;
	for (unsigned i = 0; i < l->n; i++)
		if (l->places[i].epoll >= 0)
			(void)close(l->places[i].epoll);
	if (l->wake >= 0)
		(void)close(l->wake);
	(void)pthread_cond_destroy(&l->free);
	(void)pthread_mutex_destroy(&l->lock);
	free(l);
}

void
lookouts_stop(struct lookouts *l)
{
	uint64_t one = 1;

	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	for (unsigned i = 0; i < l->n; i++)
		(void)epoll_ctl(l->places[i].epoll, EPOLL_CTL_DEL, l->listening->fd, NULL);
	(void)pthread_cond_broadcast(&l->free);
	pthread_mutex_unlock(&l->lock);
	if (write(l->wake, &one, sizeof one) < 0)
		LOG_ERROR("eventfd", LOG_CSTR("reason", strerror(errno)));
}

static void
finish_item(struct lookout *p)
{
	p->serving = NULL;
	p->served++;
}

/* The thread at p goes on with what it serves, which nobody else is told of; its place is free. */
static void
detach(struct lookouts *l, struct lookout *p)
{
	if (p->serving != l->listening) {
		(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, p->serving->fd, NULL);
		p->serving->away = true;
	}
	finish_item(p);
	p->turn->at = NULL;
	p->turn = NULL;
	(void)pthread_cond_signal(&l->free);
}

static void
relieve(struct lookouts *l)
{
	int64_t now = clock_ticks();

	for (unsigned i = 0; i < l->n; i++) {
		struct lookout *p = &l->places[i];

		if (now - p->checked_at < STALL_US)
			continue;
		if (p->turn != NULL && p->serving != NULL && p->served == p->checked_served)
			detach(l, p);
		p->checked_served = p->served;
		p->checked_at = now;
	}
}

static void
rest(struct lookouts *l)
{
	(void)wait_until(&l->free, &l->lock, clock_ticks() + (int64_t)REST_MS * 1000);
}

/* Waits for a place. false: there will be none. */
static bool
take_place(struct lookouts *l, struct lookout_turn *t)
{
	while (t->at == NULL) {
		for (unsigned i = 0; i < l->n; i++) {
			struct lookout *p = &l->places[i];

			if (p->turn != NULL || p->ended)
				continue;
			p->turn = t;
			t->at = p;
			break;
		}
		if (t->at != NULL)
			break;
		if (l->stopping)
			return false;
		rest(l);
		atomic_store_explicit(&t->came_round, true, memory_order_relaxed);
		relieve(l);
	}
	return true;
}

/* Asks the set, without the lock: nobody else looks at a place whose thread serves nothing. */
static void
look(struct lookouts *l, struct lookout_turn *t, struct lookout *p)
{
	bool last = l->stopping;
	int n;

	pthread_mutex_unlock(&l->lock);
	if (last && !p->lingered)
		clock_sleep_ms(LINGER_MS);
	n = epoll_wait(p->epoll, p->found, FOUND_MAX, last ? 0 : IDLE_MS);
	atomic_store_explicit(&t->came_round, true, memory_order_relaxed);
	if (n < 0 && errno != EINTR)
		LOG_ERROR("epoll_wait", LOG_CSTR("reason", strerror(errno)));
	pthread_mutex_lock(&l->lock);
	p->lingered = last;
	p->next = 0;
	p->n = n > 0 ? n : 0;
	p->ended = last && n <= 0;
}

/* The next of what was found; NULL: all of it is served, or the end has come. */
static struct lookout_item *
pick(struct lookouts *l, struct lookout *p)
{
	while (p->next < p->n) {
		void *mark = p->found[p->next++].data.ptr;

		if (mark == l)
			(void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, l->wake, NULL);
		else if (mark != l->listening || !l->stopping)
			return mark;
	}
	return NULL;
}

struct lookout_item *
lookout_next(struct lookouts *l, struct lookout_turn *t)
{
	struct lookout_item *item = NULL;

	pthread_mutex_lock(&l->lock);
	if (t->at != NULL && t->at->serving != NULL) /* the listening socket is not kept */
		finish_item(t->at);
	while (item == NULL && take_place(l, t)) {
		struct lookout *p = t->at;

		if (p->ended) {
			p->turn = NULL;
			t->at = NULL;
		} else if ((item = pick(l, p)) != NULL) {
			p->serving = item;
		} else {
			look(l, t, p);
		}
	}
	pthread_mutex_unlock(&l->lock);
	return item;
}

static bool
send_home(struct lookout_item *item)
{
	item->away = !watch(item->home->epoll, item->fd, item, EPOLLIN | EPOLLRDHUP);
	return !item->away;
}

/* libfcgi closes what it cannot read, and the number may be another's before its thread comes back to tell. */
static void
disown_number(struct lookouts *l, int fd)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->places[i].serving != NULL && l->places[i].serving->fd == fd)
			l->places[i].serving->fd = -1;
}

bool
lookout_add(struct lookouts *l, struct lookout_item *item)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	disown_number(l, item->fd);
	item->home = &l->places[l->added++ % l->n];
	ok = send_home(item);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

bool
lookout_keep(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	if (t != NULL && t->at != NULL)
		finish_item(t->at);
	ok = !item->away || send_home(item);
	pthread_mutex_unlock(&l->lock);
	return ok;
}

void
lookout_drop(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item)
{
	pthread_mutex_lock(&l->lock);
	if (t != NULL && t->at != NULL)
		finish_item(t->at);
	item->away = true; /* closing takes it out of its set */
	pthread_mutex_unlock(&l->lock);
}

void
lookout_lend(struct lookouts *l, struct lookout_turn *t, struct lookout_item *item)
{
	pthread_mutex_lock(&l->lock);
	if (t->at != NULL)
		finish_item(t->at);
	if (!item->away)
		(void)epoll_ctl(item->home->epoll, EPOLL_CTL_DEL, item->fd, NULL);
	item->away = true;
	pthread_mutex_unlock(&l->lock);
}

void
lookout_leave(struct lookouts *l, struct lookout_turn *t)
{
	pthread_mutex_lock(&l->lock);
	if (t->at != NULL && t->at->serving != NULL && !l->stopping)
		detach(l, t->at);
	pthread_mutex_unlock(&l->lock);
}
