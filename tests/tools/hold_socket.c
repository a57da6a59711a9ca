/* hold_socket.c: keeps a listening Unix socket and runs a program on it, as systemd does with a .socket unit.
 * hold_socket PATH PROGRAM [ARGUMENT…]. The program gets the socket as descriptor 3 and is started again whenever it ends.
 * SIGHUP goes through to it; SIGUSR1 restarts it; SIGTERM ends both, with the program's exit status. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int
listen_at(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof a.sun_path)
		return -1;
	memcpy(a.sun_path, path, strlen(path));
	if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 1024) != 0 || dup2(fd, 3) != 3)
		return -1;
	if (fd != 3)
		(void)close(fd);
	return 3;
}

static pid_t
start(char **argv, const sigset_t *unblocked)
{
	char number[24];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	(void)snprintf(number, sizeof number, "%ld", (long)getpid());
	if (setenv("LISTEN_PID", number, 1) != 0 || setenv("LISTEN_FDS", "1", 1) != 0)
		_exit(127);
	(void)sigprocmask(SIG_SETMASK, unblocked, NULL);
	(void)execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

/* Status of the program's end; it is not started again once SIGTERM has come. */
static int
mind(char **argv, const sigset_t *signals, const sigset_t *unblocked)
{
	int caught, status = 0, stopping = 0;
	pid_t pid = start(argv, unblocked);

	while (pid > 0 && sigwait(signals, &caught) == 0) {
		if (caught != SIGCHLD) {
			stopping |= caught == SIGTERM || caught == SIGINT;
			(void)kill(pid, caught == SIGUSR1 ? SIGTERM : caught);
			continue;
		}
		if (waitpid(pid, &status, WNOHANG) != pid)
			continue;
		if (stopping)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		fprintf(stderr, "hold_socket: program ended with status %d\n", status);
		pid = start(argv, unblocked);
	}
	return 126;
}

int
main(int argc, char **argv)
{
	sigset_t signals, unblocked;

	if (argc < 3 || listen_at(argv[1]) < 0) {
		fprintf(stderr, "usage: hold_socket PATH PROGRAM [ARGUMENT...]: %s\n", strerror(errno));
		return 64;
	}
	(void)sigemptyset(&signals);
	for (const int *s = (const int[]){SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD, 0}; *s != 0; s++)
		(void)sigaddset(&signals, *s);
	(void)sigprocmask(SIG_BLOCK, &signals, &unblocked);
	return mind(argv + 2, &signals, &unblocked);
}
