/* fastcgi.c: a small pool of threads that take turns at the lookouts. libfcgi parses requests; an answer leaves in
 * one sendmsg of our own records, since libfcgi's writer copies everything through 8 KB. */
#include "web/fastcgi.h"

#include <fcgiapp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "web/fastcgi_lane.h"
#include "web/fastcgi_listen.h"
#include "web/fastcgi_lookout.h"
#include "web/fastcgi_record.h"

#define THREADS_MAX 64
#define DISCARD_MAX ((size_t)512 * 1024)

struct connection {
	struct lookout_item item;
	FCGX_Request fcgi;
	struct connection *next, **link; /* in the server's list */
};

struct fastcgi_request {
	FCGX_Request *fcgi; /* NULL: plain CGI */
	struct lookouts *lookouts;
	struct lookout_turn *turn; /* NULL: whoever works on it keeps nobody waiting */
	char *const *environment;
	bool late, sent, ended, closing; /* ended: the input was read to its end */
};

struct pool_thread {
	struct fastcgi *server;
	pthread_t id;
	struct lookout_turn turn;
	atomic_bool finished;
};

struct fastcgi {
	struct fastcgi_options options;
	struct lookout_item listening;
	struct lookouts *lookouts;
	atomic_bool stopping;
	pthread_mutex_t lock; /* of the list of connections */
	struct connection *connections;
	struct lane *lane; /* NULL: none */
	unsigned started;
	struct pool_thread threads[THREADS_MAX];
};

char *const *
fastcgi_environment(const struct fastcgi_request *r)
{
	return r->environment;
}

bool
fastcgi_is_late(const struct fastcgi_request *r)
{
	return r->late;
}

/* Fewer than size at the end of the input; SIZE_MAX when the peer broke off. */
static size_t
input_read(struct fastcgi_request *r, char *bytes, size_t size)
{
	size_t n;

	if (r->fcgi == NULL)
		return record_read_plain(STDIN_FILENO, bytes, size);
	n = (size_t)FCGX_GetStr(bytes, (int)size, r->fcgi->in);
	return n < size && FCGX_GetError(r->fcgi->in) != 0 ? SIZE_MAX : n;
}

enum err
fastcgi_read(struct fastcgi_request *r, char *bytes, size_t size, size_t *n)
{
	char beyond;
	size_t more = 0;

	*n = 0;
	if (size > INT32_MAX)
		return ERR_TOO_LARGE;
	if (size > 0)
		*n = input_read(r, bytes, size);
	if (*n == size)
		more = input_read(r, &beyond, 1);
	if (*n == SIZE_MAX || more == SIZE_MAX) {
		*n = 0;
		return ERR_INVALID;
	}
	if (more > 0)
		return ERR_TOO_LARGE;
	r->ended = true;
	return ERR_NONE;
}

/* nginx that is still writing its input would make a 502 of a refusal: what is left is read first, in bounds. */
static void
input_discard(struct fastcgi_request *r)
{
	char scrap[4096];
	size_t left = DISCARD_MAX / sizeof scrap, n = sizeof scrap;

	while (n == sizeof scrap && left-- > 0)
		n = input_read(r, scrap, sizeof scrap);
	r->ended = n < sizeof scrap;
}

void
fastcgi_send(struct fastcgi_request *r, const struct iovec *parts, int n)
{
	if (r->sent)
		return;
	r->sent = true;
	if (r->fcgi == NULL) {
		r->closing = !record_send_plain(STDOUT_FILENO, parts, n);
		return;
	}
	/* What is left unread would be taken for the next request's records: such a connection is not kept. */
	if (!r->ended)
		input_discard(r);
	r->closing = !record_send_answer(r->fcgi->ipcFd, r->fcgi->requestId, parts, n) || !r->ended;
}

void
fastcgi_linger(struct fastcgi_request *r)
{
	if (r->turn != NULL)
		lookout_leave(r->lookouts, r->turn);
	r->turn = NULL;
}

static void
answer(const struct fastcgi_options *options, void *context, struct fastcgi_request *r)
{
	struct iovec part = record_refusal(RECORD_FAILED);

	options->handle(context, r);
	if (!r->sent)
		fastcgi_send(r, &part, 1);
}

/* turn: of the thread that served it; NULL: of none. */
static void
connection_close(struct fastcgi *server, struct lookout_turn *turn, struct connection *c)
{
	pthread_mutex_lock(&server->lock);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	pthread_mutex_unlock(&server->lock);
	lookout_drop(server->lookouts, turn, &c->item);
	/* libfcgi's own close waits for the peer to hang up; ours has nothing left to say. */
	if (c->fcgi.ipcFd >= 0)
		(void)close(c->fcgi.ipcFd);
	free(c);
	metrics_add(METRIC_CONNECTIONS, -1);
}

static void
connection_open(struct fastcgi *server, struct lookout_turn *turn, int fd)
{
	struct connection *c = calloc(1, sizeof *c);

	if (c == NULL || FCGX_InitRequest(&c->fcgi, -1, 0) != 0) {
		free(c);
		(void)close(fd);
		return;
	}
	c->item.fd = c->fcgi.ipcFd = fd;
	c->fcgi.keepConnection = 1; /* else FCGX_Accept_r begins with closing it */
	pthread_mutex_lock(&server->lock);
	c->next = server->connections;
	c->link = &server->connections;
	if (c->next != NULL)
		c->next->link = &c->next;
	server->connections = c;
	pthread_mutex_unlock(&server->lock);
	metrics_add(METRIC_CONNECTIONS, 1);
	if (!lookout_add(server->lookouts, &c->item))
		connection_close(server, turn, c);
}

/* Takes one connection; the level-triggered set brings the next to whichever thread is free. */
static void
accept_one(struct fastcgi *server, struct lookout_turn *turn)
{
	const struct fastcgi_options *o = &server->options;
	int fd = fastcgi_accept(o->listen_fd, o->timeout_s, o->peer_uid);

	if (fd >= 0)
		connection_open(server, turn, fd);
}

/* What libfcgi has read is answered; then the connection waits for its next request, or ends. context NULL: no room. late:
 * somebody may still wait for an answer, but no longer for work. */
static void
connection_answer(
    struct fastcgi *server, struct connection *c, struct lookout_turn *turn, void *context, bool late)
{
	struct fastcgi_request r = {.fcgi = &c->fcgi,
	    .lookouts = server->lookouts,
	    .turn = turn,
	    .environment = c->fcgi.envp,
	    .late = late};
	struct iovec busy = record_refusal(RECORD_BUSY);
	int fd = c->fcgi.ipcFd;
	bool keep = c->fcgi.keepConnection != 0;

	if (context != NULL)
		answer(&server->options, context, &r);
	else
		fastcgi_send(&r, &busy, 1);
	/* Frees the streams without writing: the answer is out already. */
	FCGX_Free(&c->fcgi, 0);
	if (!keep || c->fcgi.ipcFd != fd || r.closing ||
	    atomic_load_explicit(&server->stopping, memory_order_relaxed) ||
	    !lookout_keep(server->lookouts, turn, &c->item))
		connection_close(server, turn, c);
}

static void
lane_answer(void *owner, void *connection, void *context, bool late)
{
	connection_answer(owner, connection, NULL, context, late);
}

/* One request of a connection that has bytes to read, or its hang-up. */
static void
connection_serve(struct fastcgi *server, struct connection *c, struct lookout_turn *turn, void *context)
{
	const char *method;

	if (FCGX_Accept_r(&c->fcgi) != 0) { /* libfcgi has closed it */
		connection_close(server, turn, c);
		return;
	}
	method = FCGX_GetParam("REQUEST_METHOD", c->fcgi.envp);
	if (server->lane == NULL || method == NULL || strcmp(method, "POST") != 0) {
		connection_answer(server, c, turn, context, false);
		return;
	}
	lookout_lend(server->lookouts, turn, &c->item);
	if (!lane_put(server->lane, c))
		connection_answer(server, c, NULL, NULL, false);
}

static void
pool_loop(struct pool_thread *t, void *context)
{
	struct fastcgi *server = t->server;
	struct lookout_item *item;

	while ((item = lookout_next(server->lookouts, &t->turn)) != NULL)
		if (item == &server->listening)
			accept_one(server, &t->turn);
		else
			connection_serve(server, (struct connection *)item, &t->turn, context);
}

static void *
pool_main(void *arg)
{
	struct pool_thread *t = arg;
	const struct fastcgi_options *o = &t->server->options;
	void *context = o->thread_start(o->site);

	if (context != NULL) {
		pool_loop(t, context);
		o->thread_end(context);
	}
	atomic_store(&t->finished, true);
	return NULL;
}

/* As many as can run at once; the other half of the threads takes the places of those that have longer to do. */
static unsigned
lookout_count(const struct fastcgi_options *options)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned most = options->threads > 1 ? options->threads / 2 : 1;

	return processors > 0 && (unsigned)processors < most ? (unsigned)processors : most;
}

enum err
fastcgi_start(struct fastcgi **out, const struct fastcgi_options *options, struct fault *f)
{
	struct fastcgi *server = calloc(1, sizeof *server);
	enum err e;

	if (server == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the pool");
	server->options = *options;
	server->listening.fd = options->listen_fd;
	(void)pthread_mutex_init(&server->lock, NULL);
	/* Milliseconds libfcgi may wait for a peer to hang up when it refuses a malformed request. */
	(void)setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "200", 0);
	if (FCGX_Init() != 0)
		e = fault_set(f, ERR_INTERNAL, "libfcgi does not start");
	else
		e = lookouts_open(&server->lookouts, lookout_count(options), &server->listening, f);
	if (e == ERR_NONE && options->lane_threads > 0)
		e = lane_start(&server->lane,
		    &(struct lane_options){options->lane_threads, server, options->site,
		        options->thread_start, options->thread_end, lane_answer, clock_ticks},
		    f);
	for (unsigned i = 0; e == ERR_NONE && i < options->threads && i < THREADS_MAX; i++) {
		server->threads[i].server = server;
		if (pthread_create(&server->threads[i].id, NULL, pool_main, &server->threads[i]) != 0)
			e = fault_set(f, ERR_INTERNAL, "no thread can be started");
		else
			server->started++;
	}
	if (e != ERR_NONE) {
		(void)fastcgi_stop(server, 1000);
		return e;
	}
	*out = server;
	return ERR_NONE;
}

static bool
pool_wait(struct fastcgi *server, unsigned wait_ms)
{
	int64_t deadline = clock_ticks() + (int64_t)wait_ms * 1000;

	for (unsigned i = 0; i < server->started; i++)
		while (!atomic_load(&server->threads[i].finished)) {
			if (clock_ticks() > deadline)
				return false;
			clock_sleep_ms(2);
		}
	for (unsigned i = 0; i < server->started; i++)
		(void)pthread_join(server->threads[i].id, NULL);
	return true;
}

bool
fastcgi_stop(struct fastcgi *server, unsigned wait_ms)
{
	atomic_store(&server->stopping, true);
	if (server->lookouts != NULL)
		lookouts_stop(server->lookouts);
	if (!pool_wait(server, wait_ms) || !lane_stop(server->lane, wait_ms))
		return false;
	while (server->connections != NULL)
		connection_close(server, NULL, server->connections);
	lookouts_close(server->lookouts);
	(void)pthread_mutex_destroy(&server->lock);
	free(server);
	return true;
}

unsigned
fastcgi_alive(struct fastcgi *server)
{
	unsigned n = 0;

	for (unsigned i = 0; i < server->started; i++)
		n += atomic_exchange(&server->threads[i].turn.came_round, false) ? 1 : 0;
	return n;
}

bool
fastcgi_is_cgi(void)
{
	return getenv("GATEWAY_INTERFACE") != NULL && getenv("REQUEST_METHOD") != NULL;
}

enum err
fastcgi_cgi(const struct fastcgi_options *options)
{
	void *context = options->thread_start(options->site);
	struct fastcgi_request r = {.environment = environ};

	if (context == NULL)
		return ERR_INTERNAL;
	answer(options, context, &r);
	options->thread_end(context);
	return r.closing ? ERR_INTERNAL : ERR_NONE;
}
