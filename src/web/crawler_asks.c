/* crawler_asks.c: a short list behind a lock. */
#include "web/crawler_asks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/crawlers.h"

#define WAITING 64

struct crawler_asks {
	pthread_mutex_t lock;
	char networks[WAITING][CIDR_TEXT];
	size_t n;
};

struct crawler_asks *
crawler_asks_new(void)
{
	struct crawler_asks *asks = calloc(1, sizeof *asks);

	if (asks != NULL)
		(void)pthread_mutex_init(&asks->lock, NULL);
	return asks;
}

void
crawler_asks_free(struct crawler_asks *asks)
{
	if (asks == NULL)
		return;
	(void)pthread_mutex_destroy(&asks->lock);
	free(asks);
}

static bool
says_robot(struct str agent)
{
	for (size_t i = 0; i + 3 <= agent.len && i < 400; i++)
		if (str_eq_nocase(str_slice(agent, i, i + 3), STR("bot")))
			return true;
	return false;
}

void
crawler_asks_note(struct crawler_asks *asks, const struct request *req)
{
	char network[CIDR_TEXT];
	size_t i = 0;

	if (asks == NULL || !says_robot(req->user_agent) || !crawler_network(req->peer, network))
		return;
	pthread_mutex_lock(&asks->lock);
	while (i < asks->n && strcmp(asks->networks[i], network) != 0)
		i++;
	if (i == asks->n && asks->n < WAITING)
		memcpy(asks->networks[asks->n++], network, sizeof network);
	pthread_mutex_unlock(&asks->lock);
}

bool
crawler_asks_next(struct crawler_asks *asks, char out[CIDR_TEXT])
{
	bool any;

	if (asks == NULL)
		return false;
	pthread_mutex_lock(&asks->lock);
	any = asks->n > 0;
	if (any)
		memcpy(out, asks->networks[--asks->n], CIDR_TEXT);
	pthread_mutex_unlock(&asks->lock);
	return any;
}
