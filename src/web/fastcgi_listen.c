/* fastcgi_listen.c: the listening socket: passed in, or bound at a path that is ours to take. */
#include "web/fastcgi_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

#define BACKLOG 1024
#define ACCEPT_PAUSE_MS 20
#define LISTEN_FDS_START 3 /* sd_listen_fds(3) */

static bool
is_listening(int fd)
{
	int on = 0;
	socklen_t n = sizeof on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

/* sd_listen_fds(3): one socket, meant for this process; then spawn-fcgi's descriptor 0. -1 when none is passed. */
static int
passed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	int64_t number;

	if (pid != NULL && count != NULL && str_to_int(str_of(pid), 1, INT32_MAX, &number) &&
	    number == getpid() && strcmp(count, "1") == 0 && is_listening(LISTEN_FDS_START))
		return LISTEN_FDS_START;
	return is_listening(STDIN_FILENO) ? STDIN_FILENO : -1;
}

static enum err
make_address(struct sockaddr_un *a, const char *path, struct fault *f)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) == 0 || strlen(path) >= sizeof a->sun_path)
		return fault_set(f, ERR_INVALID, "socket %s: the path must have 1 to %zu bytes", path,
		    sizeof a->sun_path - 1);
	memcpy(a->sun_path, path, strlen(path));
	return ERR_NONE;
}

/* Leaves the path free: nothing is there, or a socket nobody answers on is removed. */
static enum err
clear_path(const struct sockaddr_un *a, struct fault *f)
{
	struct stat st;
	int fd;
	bool alive;

	if (lstat(a->sun_path, &st) != 0)
		return ERR_NONE;
	if (!S_ISSOCK(st.st_mode))
		return fault_set(f, ERR_CONFLICT, "socket %s: something else stands there; name another path",
		    a->sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_set(f, ERR_INTERNAL, "socket: %s", strerror(errno));
	alive = connect(fd, (const struct sockaddr *)a, sizeof *a) == 0 || errno == EAGAIN;
	(void)close(fd);
	if (alive)
		return fault_set(
		    f, ERR_CONFLICT, "socket %s: another daemon answers there; stop it first", a->sun_path);
	if (unlink(a->sun_path) != 0)
		return fault_set(f, ERR_DENIED, "socket %s: %s", a->sun_path, strerror(errno));
	return ERR_NONE;
}

static enum err
bind_path(const char *path, unsigned mode, int *out, struct fault *f)
{
	struct sockaddr_un address;
	enum err e = make_address(&address, path, f);
	int fd;

	if (e != ERR_NONE || (e = clear_path(&address, f)) != ERR_NONE)
		return e;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_set(f, ERR_INTERNAL, "socket: %s", strerror(errno));
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
	    chmod(path, (mode_t)mode) != 0 || listen(fd, BACKLOG) != 0) {
		e = fault_set(f, ERR_DENIED, "socket %s: %s", path, strerror(errno));
		(void)close(fd);
		return e;
	}
	*out = fd;
	return ERR_NONE;
}

enum err
fastcgi_listen(const char *path, unsigned mode, int *fd, bool *owned, struct fault *f)
{
	int flags;

	*owned = false;
	*fd = passed_socket();
	if (*fd < 0) {
		*owned = true;
		return bind_path(path, mode, fd, f);
	}
	flags = fcntl(*fd, F_GETFL);
	if (flags < 0 || fcntl(*fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return fault_set(f, ERR_INTERNAL, "passed socket: %s", strerror(errno));
	return ERR_NONE;
}

static bool
peer_allowed(int fd, int64_t peer_uid)
{
	struct ucred peer;
	socklen_t n = sizeof peer;

	if (peer_uid < 0)
		return true;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid() || (int64_t)peer.uid == peer_uid);
}

int
fastcgi_accept(int listen_fd, unsigned timeout_s, int64_t peer_uid)
{
	const struct timeval limit = {.tv_sec = (time_t)timeout_s};
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		if (peer_allowed(fd, peer_uid) &&
		    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
		    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0)
			return fd;
		(void)close(fd);
		return -1;
	}
	/* Out of descriptors or memory: the connection waits in the backlog; a pause keeps the threads from spinning. */
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		metrics_add(METRIC_ACCEPT_PAUSES, 1);
		LOG_WARNING("accept_pause", LOG_CSTR("reason", strerror(errno)));
		clock_sleep_ms(ACCEPT_PAUSE_MS);
	}
	return -1;
}
