/* devices.c: a table of fixed size; an account's devices share one row, the one that read longest ago makes room. */
#include "core/devices.h"

#include <pthread.h>
#include <stdlib.h>

#define ROWS ((size_t)1024)
#define WAYS ((size_t)24)
#define ARTICLES ((size_t)8) /* what a device has open, newest over oldest */

struct device {
	int64_t account, session; /* account 0: nobody's */
	int64_t began_at, last_at;
	int64_t articles[ARTICLES];
	size_t next;
};

struct devices {
	pthread_mutex_t lock;
	int64_t opened_at;
	struct device rows[ROWS][WAYS];
};

enum err
devices_open(struct devices **out, int64_t now)
{
	struct devices *d = calloc(1, sizeof *d); /* pages that are never touched cost nothing */

	*out = d;
	if (d == NULL)
		return ERR_MEMORY;
	d->opened_at = now;
	(void)pthread_mutex_init(&d->lock, NULL);
	return ERR_NONE;
}

void
devices_close(struct devices *d)
{
	if (d == NULL)
		return;
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
}

static struct device *
row_of(struct devices *d, int64_t account)
{
	return d->rows[((uint64_t)account * 0x9e3779b97f4a7c15u >> 32) % ROWS];
}

static bool
reads(const struct device *device, int64_t now)
{
	return now - device->last_at < DEVICES_WINDOW_S;
}

static struct device *
find(struct device *row, int64_t account, int64_t session)
{
	for (size_t i = 0; i < WAYS; i++)
		if (row[i].account == account && row[i].session == session)
			return &row[i];
	return NULL;
}

void
devices_ask(struct devices *d, const struct devices_visit *v, int32_t *ahead, bool *reading_on)
{
	struct device *row, *self;

	*ahead = 0;
	pthread_mutex_lock(&d->lock);
	row = row_of(d, v->account);
	self = find(row, v->account, v->session);
	*reading_on = self == NULL && v->signed_in_at < d->opened_at &&
	              v->now - d->opened_at < DEVICES_WINDOW_S;
	for (size_t i = 0; self != NULL && i < ARTICLES; i++)
		*reading_on = *reading_on || self->articles[i] == v->article;
	for (size_t i = 0; i < WAYS; i++)
		if (&row[i] != self && row[i].account == v->account && reads(&row[i], v->now))
			*ahead += self == NULL || !reads(self, v->now) || row[i].began_at < self->began_at ||
			          (row[i].began_at == self->began_at && row[i].session < v->session);
	pthread_mutex_unlock(&d->lock);
}

static struct device *
make_room(struct device *row)
{
	struct device *oldest = &row[0];

	for (size_t i = 1; i < WAYS; i++)
		if (row[i].last_at < oldest->last_at)
			oldest = &row[i];
	return oldest;
}

static void
note(struct device *self, int64_t article, int64_t now)
{
	if (!reads(self, now))
		self->began_at = now;
	self->last_at = now;
	for (size_t i = 0; i < ARTICLES; i++)
		if (self->articles[i] == article)
			return;
	self->articles[self->next++ % ARTICLES] = article;
}

void
devices_note(struct devices *d, const struct devices_visit *v)
{
	struct device *row, *self;

	pthread_mutex_lock(&d->lock);
	row = row_of(d, v->account);
	self = find(row, v->account, v->session);
	if (self == NULL) {
		self = make_room(row);
		*self = (struct device){
		    .account = v->account, .session = v->session, .began_at = v->now, .last_at = v->now};
	}
	note(self, v->article, v->now);
	pthread_mutex_unlock(&d->lock);
}
