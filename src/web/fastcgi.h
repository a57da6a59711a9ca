/* fastcgi.h: requests in, answers out, over FastCGI or plain CGI. libfcgi reads records; the wait and the sockets are
 * ours: epoll, a small pool, bounded times. */
#ifndef WEB_FASTCGI_H
#define WEB_FASTCGI_H

#include <sys/uio.h>

#include "base/err.h"
#include "base/str.h"

struct fastcgi_request;

/* "NAME=VALUE" strings, NULL-terminated, valid during the handler's call. */
char *const *fastcgi_environment(const struct fastcgi_request *r);

/* Reads the whole input into at most size bytes. ERR_TOO_LARGE when there is more, ERR_INVALID when the peer broke
 * off: in both cases the connection ends with the answer. */
enum err fastcgi_read(struct fastcgi_request *r, char *bytes, size_t size, size_t *n);

/* It has waited so long for its turn in the lane that nothing should be done for it but to say so. */
bool fastcgi_is_late(const struct fastcgi_request *r);

/* Sends the whole answer, CGI header block and body; a second call does nothing. */
void fastcgi_send(struct fastcgi_request *r, const struct iovec *parts, int n);

/* What follows may take longer than an answer from memory: other requests do not wait for this thread. */
void fastcgi_linger(struct fastcgi_request *r);

struct fastcgi_options {
	int listen_fd; /* listening, non-blocking Unix socket; stays the caller's */
	unsigned threads;
	unsigned lane_threads; /* of their own for POST requests; 0: the pool serves them too */
	unsigned timeout_s;    /* for a peer that stops in mid-request or does not read */
	int64_t peer_uid;      /* who may connect besides root and our own user; -1: any */
	void *site;
	void *(*thread_start)(void *site); /* gives what handle gets; NULL ends the thread */
	void (*thread_end)(void *context);
	void (*handle)(void *context, struct fastcgi_request *r);
};

struct fastcgi;

enum err fastcgi_start(struct fastcgi **out, const struct fastcgi_options *options, struct fault *f);

/* Accepts no more, answers what has arrived, joins and frees. Threads that hang are waited for at most wait_ms:
 * then false, and nothing is freed. */
bool fastcgi_stop(struct fastcgi *server, unsigned wait_ms);

/* Threads that have come round to waiting since the last call, out of options.threads: for the watchdog. */
unsigned fastcgi_alive(struct fastcgi *server);

bool fastcgi_is_cgi(
    void); /* started by a CGI server: a request in the environment, no socket on descriptor 0 */
enum err fastcgi_cgi(const struct fastcgi_options *options); /* answers it */

#endif
