/* resize.c: the side that asks. The other runs with limits, without our memory, and every version is an open file. */
#include "app/resize.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/resize_vips.h"
#include "base/file.h"

#define VERSIONS_MAX (PICTURE_KINDS * PICTURE_WIDTHS)
#define PATH_BYTES 4400
#define PIXELS_MAX ((uint64_t)100 << 20)

struct version {
	enum picture_kind kind;
	uint32_t width;
	int file;
	char path[PATH_BYTES], temporary[PATH_BYTES];
};

struct order {
	const char *path, *kind;
	struct version versions[VERSIONS_MAX];
	size_t n;
	struct fault *f;
};

/* Opens a file for every version that p has. */
static enum err
open_versions(struct order *o, const struct picture *p)
{
	for (int kind = 0; kind < PICTURE_KINDS; kind++)
		for (size_t i = 0; i < p->made[kind].n; i++) {
			struct version *v = &o->versions[o->n];
			struct buf name = BUF_EMPTY;

			v->kind = (enum picture_kind)kind;
			v->width = p->made[kind].widths[i];
			picture_name(&name, str_of(o->path), v->kind, v->width);
			(void)snprintf(v->path, sizeof v->path, STR_FMT, STR_ARG(buf_str(&name)));
			buf_puts(&name, ".XXXXXX");
			(void)snprintf(v->temporary, sizeof v->temporary, STR_FMT, STR_ARG(buf_str(&name)));
			buf_free(&name);
			v->file = mkostemp(v->temporary, O_CLOEXEC);
			if (v->file < 0)
				return fault_set(o->f, ERR_DENIED, "%s: %s", v->path, strerror(errno));
			o->n++;
		}
	return ERR_NONE;
}

static void
limit(int what, rlim_t n)
{
	const struct rlimit both = {n, n};

	(void)setrlimit((__rlimit_resource_t)what, &both);
}

/* In the new process: three descriptors and the versions, limits, no environment. Comes back only to fail. */
static void
become_other(const struct order *o, int image, int answer, const char *versions)
{
	static const char *const no_environment[] = {"VIPS_CONCURRENCY=1", "LC_ALL=C.UTF-8", NULL};
	const char *const arguments[] = {"poterne", "resize", o->kind, versions, NULL};
	int silence = open("/dev/null", O_WRONLY), files[VERSIONS_MAX];

	/* First out of the way of the places they are to have. */
	image = fcntl(image, F_DUPFD, 100);
	answer = fcntl(answer, F_DUPFD, 100);
	for (size_t i = 0; i < o->n; i++)
		files[i] = fcntl(o->versions[i].file, F_DUPFD, 100);
	if (dup2(image, 0) < 0 || dup2(answer, 1) < 0 || dup2(silence, 2) < 0)
		return;
	for (size_t i = 0; i < o->n; i++)
		if (dup2(files[i], 3 + (int)i) < 0)
			return;
	(void)close_range(3 + (unsigned)o->n, ~0u, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 60);
	limit(RLIMIT_FSIZE, IMAGE_MAX);
	limit(RLIMIT_NOFILE, 64);
#ifndef POTERNE_SANITIZED /* whose shadow memory counts */
	limit(RLIMIT_AS, (rlim_t)3 << 30);
#endif
	(void)execve(
	    "/proc/self/exe", (char *const *)(uintptr_t)arguments, (char *const *)(uintptr_t)no_environment);
}

/* Reads what the other says and waits for its end. */
static enum err
hear(struct order *o, pid_t other, int answer)
{
	char said[300];
	size_t n = 0;
	ssize_t got;
	int status = 0;

	while (n < sizeof said - 1 &&
	       ((got = read(answer, said + n, sizeof said - 1 - n)) > 0 || (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	said[n] = '\0';
	while (waitpid(other, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == RESIZE_DONE)
		return n > 0 ? fault_set(o->f, ERR_NONE, "%s", said) : ERR_NONE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == RESIZE_NO_LIBRARY)
		return fault_set(o->f, ERR_NOT_FOUND, "%s", said);
	return fault_set(
	    o->f, ERR_INVALID, "%s", n > 0 ? said : "it took more time or memory than an image may");
}

static enum err
run_other(struct order *o, const struct picture *p)
{
	int image = open(o->path, O_RDONLY | O_CLOEXEC), answer[2];
	struct buf versions = BUF_EMPTY;
	enum err e = ERR_INTERNAL;
	pid_t other;

	picture_put(&versions, p);
	buf_putc(&versions, '\0');
	if (image < 0 || versions.failed || pipe2(answer, O_CLOEXEC) != 0) {
		e = fault_set(o->f, ERR_INTERNAL, "%s: %s", o->path, strerror(errno));
	} else {
		(void)fflush(NULL);
		if ((other = fork()) == 0) {
			become_other(o, image, answer[1], versions.data);
			_exit(RESIZE_REFUSED);
		}
		(void)close(answer[1]);
		e = other < 0 ? fault_set(o->f, ERR_BUSY, "no process: %s", strerror(errno))
		              : hear(o, other, answer[0]);
		(void)close(answer[0]);
	}
	if (image >= 0)
		(void)close(image);
	buf_free(&versions);
	return e;
}

/* Keeps what was made: a file that has something in it. */
static enum err
settle(struct order *o, enum err e, struct picture *p)
{
	struct picture made = {p->width, p->height, {{{0}, 0}}};

	for (size_t i = 0; i < o->n; i++) {
		struct version *v = &o->versions[i];
		struct stat st;
		bool good = e == ERR_NONE && fstat(v->file, &st) == 0 && st.st_size > 0 &&
		            fchmod(v->file, 0644) == 0;

		(void)close(v->file);
		if (good && (e = file_commit(v->temporary, v->path, true, o->f)) == ERR_NONE)
			made.made[v->kind].widths[made.made[v->kind].n++] = v->width;
		else
			(void)unlink(v->temporary);
	}
	*p = made;
	return e;
}

enum err
resize_image(const char *path, enum image_kind kind, struct picture *p, struct fault *f)
{
	struct order o = {.path = path, .kind = image_extension(kind), .f = f};
	enum err e;

	if ((uint64_t)p->width * p->height > PIXELS_MAX)
		e = fault_set(f, ERR_INVALID, "it has more than 100 million pixels");
	else if ((e = open_versions(&o, p)) == ERR_NONE)
		e = run_other(&o, p);
	return settle(&o, e, p);
}
