/* fastcgi_record.c: STDOUT and END_REQUEST records around bytes that stay where they are. */
#include "web/fastcgi_record.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TYPE_END_REQUEST = 3, TYPE_STDOUT = 6 };

#define CONTENT_MAX ((size_t)65528) /* a multiple of 8: no padding is ever needed for speed */
#define HEADER_BYTES ((size_t)8)
#define BATCH 48

struct batch {
	struct iovec iov[BATCH];
	uint8_t headers[BATCH][2 * 8];
	int n, fd;
	bool socket, failed;
};

static ssize_t
send_some(const struct batch *b, struct iovec *iov, int n)
{
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = (size_t)n};

	return b->socket ? sendmsg(b->fd, &message, MSG_NOSIGNAL) : writev(b->fd, iov, n);
}

static void
batch_flush(struct batch *b)
{
	struct iovec *iov = b->iov;
	int n = b->n;

	while (n > 0 && !b->failed) {
		ssize_t sent = send_some(b, iov, n);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			b->failed = true;
			break;
		}
		while (n > 0 && (size_t)sent >= iov->iov_len) {
			sent -= (ssize_t)iov->iov_len;
			iov++;
			n--;
		}
		if (n > 0) {
			iov->iov_base = (char *)iov->iov_base + sent;
			iov->iov_len -= (size_t)sent;
		}
	}
	b->n = 0;
}

static void
batch_add(struct batch *b, void *bytes, size_t n)
{
	if (n == 0)
		return;
	if (b->n == BATCH)
		batch_flush(b);
	b->iov[b->n++] = (struct iovec){bytes, n};
}

/* A header that lives as long as its slot of the batch. */
static uint8_t *
batch_header(struct batch *b, int type, int request_id, size_t content)
{
	uint8_t *h;

	if (b->n == BATCH)
		batch_flush(b);
	h = b->headers[b->n];
	h[0] = 1;
	h[1] = (uint8_t)type;
	h[2] = (uint8_t)(request_id >> 8);
	h[3] = (uint8_t)request_id;
	h[4] = (uint8_t)(content >> 8);
	h[5] = (uint8_t)content;
	h[6] = h[7] = 0;
	return h;
}

static void
add_stdout(struct batch *b, int request_id, const struct iovec *parts, int n)
{
	size_t left = 0, in_record = 0;

	for (int i = 0; i < n; i++)
		left += parts[i].iov_len;
	for (int i = 0; i < n; i++) {
		char *at = parts[i].iov_base;
		size_t part = parts[i].iov_len;

		while (part > 0) {
			size_t take;

			if (in_record == 0) {
				in_record = left < CONTENT_MAX ? left : CONTENT_MAX;
				batch_add(
				    b, batch_header(b, TYPE_STDOUT, request_id, in_record), HEADER_BYTES);
			}
			take = part < in_record ? part : in_record;
			batch_add(b, at, take);
			at += take;
			part -= take;
			in_record -= take;
			left -= take;
		}
	}
}

bool
record_send_answer(int fd, int request_id, const struct iovec *parts, int n)
{
	struct batch b = {.n = 0, .fd = fd, .socket = true};
	uint8_t *end;

	add_stdout(&b, request_id, parts, n);
	batch_add(&b, batch_header(&b, TYPE_STDOUT, request_id, 0), HEADER_BYTES);
	end = batch_header(&b, TYPE_END_REQUEST, request_id, HEADER_BYTES);
	memset(end + HEADER_BYTES, 0, HEADER_BYTES); /* appStatus 0, FCGI_REQUEST_COMPLETE */
	batch_add(&b, end, 2 * HEADER_BYTES);
	batch_flush(&b);
	return !b.failed;
}

bool
record_send_plain(int fd, const struct iovec *parts, int n)
{
	struct batch b = {.n = 0, .fd = fd, .socket = false};

	for (int i = 0; i < n; i++)
		batch_add(&b, parts[i].iov_base, parts[i].iov_len);
	batch_flush(&b);
	return !b.failed;
}

size_t
record_read_plain(int fd, char *bytes, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, bytes + n, size - n);

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return SIZE_MAX;
		n += got > 0 ? (size_t)got : 0;
	}
	return n;
}

struct iovec
record_refusal(enum record_refusal which)
{
	static const char busy[] = "Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\n"
	                           "Retry-After: 2\r\nCache-Control: no-store\r\n\r\nService Unavailable\n";
	static const char failed[] = "Status: 500 Internal Server Error\r\nContent-Type: text/plain\r\n"
	                             "Cache-Control: no-store\r\n\r\nInternal Server Error\n";

	if (which == RECORD_BUSY)
		return (struct iovec){(void *)(uintptr_t)busy, sizeof busy - 1};
	return (struct iovec){(void *)(uintptr_t)failed, sizeof failed - 1};
}
