/* notify.c: one datagram to $NOTIFY_SOCKET. */
#include "app/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

void
notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path == NULL ? 0 : strlen(path);
	int fd;

	if (n == 0 || n >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, n);
	if (to.sun_path[0] == '@') /* an abstract socket */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
	        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		LOG_WARNING("notify", LOG_CSTR("state", state));
	(void)close(fd);
}

int64_t
notify_watchdog(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	int64_t usec;

	return text != NULL && str_to_int(str_of(text), 1, INT64_MAX / 2, &usec) ? usec / 2 : 0;
}
