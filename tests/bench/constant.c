/* constant.c: the reference of the bench: libfcgi as its manual would have it, one thread a connection, every answer the
 * bytes of one file. What it does per request is the least that FastCGI asks for.
 *
 * constant SOCKET FILE: FILE holds a whole CGI answer, head and body. Ends with its standard input. */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char answer[1 << 20];
static int answer_len;

static void *
serve_connection(void *arg)
{
	FCGX_Request r;

	if (FCGX_InitRequest(&r, -1, 0) != 0)
		return NULL;
	r.ipcFd = (int)(intptr_t)arg;
	r.keepConnection = 1;
	while (FCGX_Accept_r(&r) >= 0) {
		if (FCGX_PutStr(answer, answer_len, r.out) < 0)
			r.keepConnection = 0;
		FCGX_Finish_r(&r);
		if (r.ipcFd < 0)
			break;
	}
	FCGX_Free(&r, 1);
	return NULL;
}

static void *
accept_connections(void *arg)
{
	int listening = (int)(intptr_t)arg, fd;
	pthread_attr_t attr;
	pthread_t thread;

	if (pthread_attr_init(&attr) != 0 || pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) != 0)
		abort();
	while ((fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		if (pthread_create(&thread, &attr, serve_connection, (void *)(intptr_t)fd) != 0)
			abort();
	return NULL;
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof at.sun_path)
		return -1;
	memcpy(at.sun_path, path, strlen(path) + 1);
	return bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 511) == 0 ? fd : -1;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	FILE *file;
	char byte;
	int fd;

	if (argc != 3 || (file = fopen(argv[2], "rb")) == NULL || FCGX_Init() != 0)
		return 64;
	answer_len = (int)fread(answer, 1, sizeof answer, file);
	(void)fclose(file);
	fd = listen_at(argv[1]);
	if (fd < 0 || pthread_create(&thread, NULL, accept_connections, (void *)(intptr_t)fd) != 0) {
		perror(argv[1]);
		return 1;
	}
	(void)puts("ready");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
