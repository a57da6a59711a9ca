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
	struct device rows[ROWS][WAYS];
};

enum err
devices_open(struct devices **out)
{
	struct devices *d = calloc(1, sizeof *d); /* pages that are never touched cost nothing */

	*out = d;
	if (d == NULL)
		return ERR_MEMORY;
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
devices_ask(struct devices *d, int64_t account, int64_t session, int64_t article, int64_t now, int32_t *ahead,
    bool *reading_on)
{
	struct device *row, *self;

	*ahead = 0;
	*reading_on = false;
	pthread_mutex_lock(&d->lock);
	row = row_of(d, account);
	self = find(row, account, session);
	for (size_t i = 0; self != NULL && i < ARTICLES; i++)
		*reading_on = *reading_on || self->articles[i] == article;
	for (size_t i = 0; i < WAYS; i++)
		if (&row[i] != self && row[i].account == account && reads(&row[i], now))
			*ahead += self == NULL || !reads(self, now) || row[i].began_at < self->began_at ||
			          (row[i].began_at == self->began_at && row[i].session < session);
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
devices_note(struct devices *d, int64_t account, int64_t session, int64_t article, int64_t now)
{
	struct device *row, *self;

	pthread_mutex_lock(&d->lock);
	row = row_of(d, account);
	self = find(row, account, session);
	if (self == NULL) {
		self = make_room(row);
		*self = (struct device){
		    .account = account, .session = session, .began_at = now, .last_at = now};
	}
	note(self, article, now);
	pthread_mutex_unlock(&d->lock);
}
