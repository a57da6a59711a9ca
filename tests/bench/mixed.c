/* mixed.c: readers of all kinds at once, and every byte they get is looked at.
 *
 * mixed PORT THREADS REQUESTS CANARY READERS PATHS
 *   READERS: a line a reader, "KIND COOKIE": anonymous (COOKIE -), expired, member, or moving (gains and loses access).
 *   PATHS: a line an article, all of them closed to all but subscribers; CANARY stands in what only they may read.
 * On standard input "moving N" tells that the N-th reader's access (from 0) is about to change, "lost N" or "won N" that the
 * change has been committed.
 * Wrong is: the canary to a reader who never had access, or lost it a second before asking; no canary to one who has it,
 * or won it a second before; any status but 200. Prints a line of counts; exit 1 when something was wrong. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READERS 64
#define PATHS 4096
#define ANSWER (1 << 20)
#define SETTLED_US 1000000

struct reader {
	char kind[16], cookie[2048];
	_Atomic bool has;        /* access, by the last change told */
	_Atomic int64_t changed; /* when it was told, microseconds */
};

static struct reader readers[READERS];
static char paths[PATHS][256];
static size_t n_readers, n_paths;
static const char *canary;
static int port;
static int64_t wanted;
static _Atomic int64_t asked, full, teaser, leaks, refused, failed;

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int
connect_nginx(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	struct timeval limit = {.tv_sec = 10};

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* Reads one answer with its Content-Length; its whole size, 0 when it is broken. */
static size_t
read_answer(int fd, char *answer)
{
	size_t have = 0, head = 0, body = 0;

	do {
		ssize_t n = recv(fd, answer + have, ANSWER - 1 - have, 0);
		char *end, *length;

		if (n <= 0)
			return 0;
		have += (size_t)n;
		answer[have] = '\0';
		if (head == 0 && (end = strstr(answer, "\r\n\r\n")) != NULL) {
			head = (size_t)(end - answer) + 4;
			length = strcasestr(answer, "\r\nContent-Length:");
			if (length == NULL || length > end)
				return 0;
			body = strtoul(length + 17, NULL, 10);
		}
	} while (head == 0 || have < head + body);
	return have == head + body ? have : 0;
}

/* What the reader must get, asked at that time: 1 all, 0 the teaser, -1 either. */
static int
due_to(const struct reader *r, int64_t at)
{
	bool has = atomic_load(&r->has);

	if (strcmp(r->kind, "moving") == 0 && at - atomic_load(&r->changed) < SETTLED_US)
		return -1;
	return has;
}

static void
judge(struct reader *r, int64_t at, const char *path, const char *answer, size_t len)
{
	int due = due_to(r, at);
	bool got = memmem(answer, len, canary, strlen(canary)) != NULL;

	if (len == 0 || strncmp(answer, "HTTP/1.1 200 ", 13) != 0) {
		if (atomic_fetch_add(&failed, 1) < 5)
			(void)fprintf(stderr, "mixed: %s for %s: %.40s\n", path, r->kind,
			    len == 0 ? "no answer" : answer);
		return;
	}
	atomic_fetch_add(got ? &full : &teaser, 1);
	if (got && due == 0 && due_to(r, at) == 0) {
		atomic_fetch_add(&leaks, 1);
		(void)fprintf(stderr, "mixed: LEAK of %s to %s\n", path, r->kind);
	}
	if (!got && due == 1 && due_to(r, at) == 1 && atomic_fetch_add(&refused, 1) < 5)
		(void)fprintf(stderr, "mixed: %s was refused to %s\n", path, r->kind);
}

static bool
ask(int fd, struct reader *r, const char *path)
{
	char request[4096];
	bool known = strcmp(r->cookie, "-") != 0;
	int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n", path,
	    known ? "Cookie: " : "", known ? r->cookie : "", known ? "\r\n" : "");

	return n > 0 && (size_t)n < sizeof request && send(fd, request, (size_t)n, MSG_NOSIGNAL) == n;
}

static void *
read_articles(void *arg)
{
	unsigned seed = (unsigned)(uintptr_t)arg;
	char *answer = malloc(ANSWER);
	int fd = -1;

	while (answer != NULL && atomic_fetch_add(&asked, 1) < wanted) {
		struct reader *r = &readers[(size_t)rand_r(&seed) % n_readers];
		size_t a = (size_t)rand_r(&seed) % n_paths, b = (size_t)rand_r(&seed) % n_paths, len = 0;
		const char *path = paths[a < b ? a : b]; /* the first ones more often */
		int64_t at = now_us();

		if (fd < 0)
			fd = connect_nginx();
		if (fd >= 0 && ask(fd, r, path))
			len = read_answer(fd, answer);
		judge(r, at, path, answer, len);
		if (len == 0 && fd >= 0) {
			(void)close(fd);
			fd = -1;
		}
	}
	if (fd >= 0)
		(void)close(fd);
	free(answer);
	return NULL;
}

static void *
hear_changes(void *arg)
{
	char line[64], word[16];
	size_t n;

	while (fgets(line, sizeof line, stdin) != NULL) {
		if (sscanf(line, "%15s %zu", word, &n) != 2 || n >= n_readers)
			continue;
		if (strcmp(word, "moving") == 0) {
			atomic_store(&readers[n].changed, INT64_MAX / 2);
			continue;
		}
		atomic_store(&readers[n].has, strcmp(word, "won") == 0);
		atomic_store(&readers[n].changed, now_us());
	}
	return arg;
}

static bool
load(const char *readers_file, const char *paths_file)
{
	FILE *f = fopen(readers_file, "r");

	if (f == NULL)
		return false;
	while (n_readers < READERS &&
	       fscanf(f, "%15s %2047s", readers[n_readers].kind, readers[n_readers].cookie) == 2) {
		atomic_store(&readers[n_readers].has, strcmp(readers[n_readers].kind, "member") == 0);
		atomic_store(&readers[n_readers].changed, now_us());
		n_readers++;
	}
	(void)fclose(f);
	f = fopen(paths_file, "r");
	if (f == NULL)
		return false;
	while (n_paths < PATHS && fscanf(f, "%255s", paths[n_paths]) == 1)
		n_paths++;
	(void)fclose(f);
	return n_readers > 0 && n_paths > 0;
}

int
main(int argc, char **argv)
{
	pthread_t threads[64], ear;
	int n;

	if (argc != 7 || (n = atoi(argv[2])) < 1 || n > 64 || !load(argv[5], argv[6]))
		return 64;
	port = atoi(argv[1]);
	wanted = atoll(argv[3]);
	canary = argv[4];
	if (pthread_create(&ear, NULL, hear_changes, NULL) != 0)
		return 1;
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, read_articles, (void *)(intptr_t)(i + 1)) != 0)
			return 1;
	for (int i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
	(void)printf("{\"asked\": %lld, \"full\": %lld, \"teaser\": %lld, \"leaks\": %lld, \"refused\": "
	             "%lld, \"failed\": %lld}\n",
	    (long long)wanted, (long long)full, (long long)teaser, (long long)leaks, (long long)refused,
	    (long long)failed);
	(void)fflush(stdout);
	_exit(leaks + refused + failed == 0 ? 0 : 1); /* the ear may still listen */
}
