/* paced.c: readers who open a page at a steady rate, whether or not the last ones have come.
 *
 * paced PORT RATE PATH COOKIE
 * RATE pages a second through nginx over kept connections, every other one with COOKIE. A line on standard input names the
 * phase that begins; its end is the next line or the end of input, and a line of JSON is printed for it: pages, and
 * microseconds at which parts of them had come.
 *   whole:  from the time at which a page was due until it has been read: what a reader sees whose own machine this is.
 *   server: from the request's sending until the last byte was there, by the kernel's receive timestamp: nginx and the daemon
 *           alone, without the time in which this program waited for a processor.
 * Exit 1 when an answer was not 200 or not whole. */
#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* nginx serves 100 requests of an address at a time. What is due meanwhile waits for its turn, and that counts. */
#define CONNECTIONS 96
#define ANSWER (1 << 18)
#define SECOND_NS ((int64_t)1000000000)

struct page {
	int64_t due, sent, arrived; /* nanoseconds: monotonic, real time, real time */
};

struct connection {
	int fd;
	struct page page;
	size_t have, whole; /* bytes; whole 0: its head has not come */
	char *answer;
	struct connection *next; /* among those that are free */
};

struct times {
	uint32_t *us;
	size_t n, room;
};

static struct connection all[CONNECTIONS], *idle,
    **idle_last = &idle;         /* the one that has rested longest is next */
static int64_t waiting[1 << 16]; /* due, for want of a connection */
static size_t waiting_first, waiting_n, under_way;
static struct times whole, server;
static char requests[2][4096];
static int set;
static bool failed;

static int64_t
now_ns(clockid_t which)
{
	struct timespec ts;

	(void)clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * SECOND_NS + ts.tv_nsec;
}

static void
fail(const char *why, const char *answer)
{
	if (!failed)
		(void)fprintf(stderr, "paced: %s %.*s\n", why, (int)strcspn(answer, "\r\n"), answer);
	failed = true;
}

static void
note(struct times *t, int64_t ns)
{
	if (t->n == t->room) {
		t->room = t->room == 0 ? 4096 : 2 * t->room;
		t->us = realloc(t->us, t->room * sizeof *t->us);
		if (t->us == NULL)
			exit(1);
	}
	t->us[t->n++] = ns < 0 ? 0 : (uint32_t)(ns / 1000);
}

static void
rest(struct connection *c)
{
	c->next = NULL;
	*idle_last = c;
	idle_last = &c->next;
}

static bool
open_connection(struct connection *c, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	int one = 1, stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	c->answer = malloc(ANSWER);
	if (c->fd < 0 || c->answer == NULL ||
	    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
	    setsockopt(c->fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps) != 0 ||
	    connect(c->fd, (struct sockaddr *)&at, sizeof at) != 0)
		return false;
	rest(c);
	return epoll_ctl(set, EPOLL_CTL_ADD, c->fd, &event) == 0;
}

static void
ask(int64_t due)
{
	static unsigned turn;
	struct connection *c = idle;
	const char *request = requests[turn++ % 2];

	idle = c->next;
	if (idle == NULL)
		idle_last = &idle;
	c->have = c->whole = 0;
	c->page.due = due;
	c->page.sent = now_ns(CLOCK_REALTIME);
	if (send(c->fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		fail("nginx takes no request", "");
}

/* A page is due: asked for at once, or as soon as a connection is free. */
static void
begin(int64_t due)
{
	under_way++;
	if (idle != NULL)
		ask(due);
	else if (waiting_n == sizeof waiting / sizeof *waiting)
		fail("nginx does not keep up", "");
	else
		waiting[(waiting_first + waiting_n++) % (sizeof waiting / sizeof *waiting)] = due;
}

static void
end(struct connection *c)
{
	note(&whole, now_ns(CLOCK_MONOTONIC) - c->page.due);
	note(&server, c->page.arrived - c->page.sent);
	under_way--;
	rest(c);
	if (waiting_n > 0) {
		int64_t due = waiting[waiting_first];

		waiting_first = (waiting_first + 1) % (sizeof waiting / sizeof *waiting);
		waiting_n--;
		ask(due);
	}
}

static ssize_t
receive(struct connection *c)
{
	char control[256];
	struct iovec part = {c->answer + c->have, ANSWER - 1 - c->have};
	struct msghdr m = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT);

	for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); n > 0 && h != NULL; h = CMSG_NXTHDR(&m, h))
		if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_TIMESTAMPING) {
			struct scm_timestamping stamp;

			memcpy(&stamp, CMSG_DATA(h), sizeof stamp);
			c->page.arrived = (int64_t)stamp.ts[0].tv_sec * SECOND_NS + stamp.ts[0].tv_nsec;
		}
	return n;
}

static void
take(struct connection *c)
{
	ssize_t n = receive(c);
	char *head, *length;

	if (n <= 0) {
		fail("a connection broke off", "");
		return;
	}
	c->have += (size_t)n;
	c->answer[c->have] = '\0';
	if (c->whole == 0 && (head = strstr(c->answer, "\r\n\r\n")) != NULL) {
		length = strcasestr(c->answer, "\r\nContent-Length:");
		if (strncmp(c->answer, "HTTP/1.1 200 ", 13) != 0 || length == NULL || length > head)
			fail("an answer is not 200 or has no length", c->answer);
		else
			c->whole = (size_t)(head - c->answer) + 4 + strtoul(length + 17, NULL, 10);
	}
	if (c->whole > 0 && c->have >= c->whole)
		end(c);
	else if (c->have == ANSWER - 1)
		fail("an answer is too large", "");
}

static int
ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
print_times(const char *name, struct times *t)
{
	static const struct {
		const char *name;
		double part;
	} parts[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};

	qsort(t->us, t->n, sizeof *t->us, ascending);
	(void)printf(", \"%s\": {\"max\": %u", name, t->us[t->n - 1]);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		(void)printf(", \"%s\": %u", parts[i].name, t->us[(size_t)((double)t->n * parts[i].part)]);
	(void)printf("}");
	t->n = 0;
}

static void
end_phase(const char *name)
{
	if (whole.n > 0) {
		(void)printf("{\"phase\": \"%s\", \"pages\": %zu", name, whole.n);
		print_times("whole", &whole);
		print_times("server", &server);
		(void)printf("}\n");
		(void)fflush(stdout);
	}
}

/* Until an event or, unless it is 0, the time given; connections are served, true is for standard input. */
static bool
wait_until(int64_t until)
{
	struct epoll_event found[64];
	int64_t left = until - now_ns(CLOCK_MONOTONIC);
	struct timespec ts = {left < 0 ? 0 : left / SECOND_NS, left < 0 ? 0 : left % SECOND_NS};
	int n = epoll_pwait2(set, found, 64, until == 0 ? NULL : &ts, NULL);
	bool told = false;

	for (int i = 0; i < n; i++)
		if (found[i].data.ptr == NULL)
			told = true;
		else
			take(found[i].data.ptr);
	return told;
}

/* Pages from now on, until a line comes on standard input and all of them have been read. */
static void
run_phase(int64_t every)
{
	int64_t due = now_ns(CLOCK_MONOTONIC);

	while (!failed && !wait_until(due))
		for (; due <= now_ns(CLOCK_MONOTONIC); due += every)
			begin(due);
	while (!failed && under_way > 0)
		(void)wait_until(now_ns(CLOCK_MONOTONIC) + SECOND_NS);
}

int
main(int argc, char **argv)
{
	struct epoll_event input = {.events = EPOLLIN};
	char name[64] = "", next[64];
	int rate;

	if (argc != 5 || (rate = atoi(argv[2])) < 1 || (set = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return 64;
	(void)snprintf(
	    requests[0], sizeof requests[0], "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[3]);
	(void)snprintf(requests[1], sizeof requests[1],
	    "GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n\r\n", argv[3], argv[4]);
	for (size_t i = 0; i < CONNECTIONS; i++)
		if (!open_connection(&all[i], atoi(argv[1])))
			return 1;
	if (epoll_ctl(set, EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0)
		return 1;
	(void)prctl(PR_SET_TIMERSLACK, 1);
	setvbuf(stdin, NULL, _IONBF, 0); /* a line that was read ahead would not wake us */
	while (!failed && fgets(next, sizeof next, stdin) != NULL) {
		end_phase(name);
		next[strcspn(next, "\n")] = '\0';
		memcpy(name, next, sizeof name);
		if (name[0] != '\0')
			run_phase(SECOND_NS / rate);
	}
	end_phase(name);
	return failed ? 1 : 0;
}
