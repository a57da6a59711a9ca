/* fastcgi_lane.c: a ring of items, a lock, a few threads. */
#include "web/fastcgi_lane.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/priority.h"

#define THREADS_MAX 8
#define RETRY_MS 100

struct entry {
	void *item;
	int64_t since; /* ticks */
};

struct lane {
	struct lane_options options;
	pthread_mutex_t lock;
	pthread_cond_t came, went;
	struct entry entries[LANE_MOST];
	size_t first, n;
	unsigned started, running;
	bool stopping;
	pthread_t threads[THREADS_MAX];
};

/* False: the lane ends and nothing waits. */
static bool
take(struct lane *lane, struct entry *entry)
{
	bool some;

	pthread_mutex_lock(&lane->lock);
	while (lane->n == 0 && !lane->stopping)
		(void)pthread_cond_wait(&lane->came, &lane->lock);
	some = lane->n > 0;
	if (some) {
		*entry = lane->entries[lane->first];
		lane->first = (lane->first + 1) % LANE_MOST;
		lane->n--;
	}
	pthread_mutex_unlock(&lane->lock);
	return some;
}

/* What a thread works with, its connections to the database above all, is 2 MB: made when the first item comes. NULL: it
 * cannot be made, and the lane is stopping. */
static void *
make_context(struct lane *lane)
{
	void *context = NULL;
	bool stopping = false;

	while (context == NULL && !stopping) {
		context = lane->options.thread_start(lane->options.site);
		if (context == NULL)
			clock_sleep_ms(RETRY_MS);
		pthread_mutex_lock(&lane->lock);
		stopping = lane->stopping;
		pthread_mutex_unlock(&lane->lock);
	}
	return context;
}

static void *
lane_main(void *arg)
{
	struct lane *lane = arg;
	const struct lane_options *o = &lane->options;
	void *context = NULL;
	struct entry entry;

	priority_stand_back();
	while (take(lane, &entry)) {
		if (context == NULL)
			context = make_context(lane);
		if (context == NULL)
			break;
		o->serve(o->owner, entry.item, context, o->ticks() - entry.since > LANE_PATIENCE_US);
	}
	if (context != NULL)
		o->thread_end(context);
	pthread_mutex_lock(&lane->lock);
	lane->running--;
	(void)pthread_cond_broadcast(&lane->went);
	pthread_mutex_unlock(&lane->lock);
	return NULL;
}

enum err
lane_start(struct lane **out, const struct lane_options *options, struct fault *f)
{
	struct lane *lane = calloc(1, sizeof *lane);

	if (lane == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the lane");
	lane->options = *options;
	(void)pthread_mutex_init(&lane->lock, NULL);
	(void)pthread_cond_init(&lane->came, NULL);
	(void)pthread_cond_init(&lane->went, NULL);
	*out = lane;
	for (unsigned i = 0; i < options->threads && i < THREADS_MAX; i++) {
		pthread_mutex_lock(&lane->lock);
		lane->running++;
		pthread_mutex_unlock(&lane->lock);
		if (pthread_create(&lane->threads[i], NULL, lane_main, lane) != 0) {
			pthread_mutex_lock(&lane->lock);
			lane->running--;
			pthread_mutex_unlock(&lane->lock);
			return fault_set(f, ERR_INTERNAL, "no thread can be started");
		}
		lane->started++;
	}
	return ERR_NONE;
}

bool
lane_put(struct lane *lane, void *item)
{
	bool room;

	pthread_mutex_lock(&lane->lock);
	room = lane->n < LANE_MOST;
	if (room) {
		lane->entries[(lane->first + lane->n) % LANE_MOST] = (struct entry){
		    item, lane->options.ticks()};
		lane->n++;
		(void)pthread_cond_signal(&lane->came);
	}
	pthread_mutex_unlock(&lane->lock);
	return room;
}

bool
lane_stop(struct lane *lane, unsigned wait_ms)
{
	struct timespec until;
	int waited = 0;

	if (lane == NULL)
		return true;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)(wait_ms / 1000 + 1);
	pthread_mutex_lock(&lane->lock);
	lane->stopping = true;
	(void)pthread_cond_broadcast(&lane->came);
	while (lane->running > 0 && waited == 0)
		waited = pthread_cond_timedwait(&lane->went, &lane->lock, &until);
	pthread_mutex_unlock(&lane->lock);
	if (waited != 0)
		return false;
	for (unsigned i = 0; i < lane->started; i++)
		(void)pthread_join(lane->threads[i], NULL);
	(void)pthread_cond_destroy(&lane->came);
	(void)pthread_cond_destroy(&lane->went);
	(void)pthread_mutex_destroy(&lane->lock);
	free(lane);
	return true;
}
