/* starve.c: preloaded into the daemon, makes allocations fail: each n-th one, n being the number that stands in the first
 * bytes of the file $STARVE; 0 is none. Spared are the thread that starts the program, which serves no requests, and
 * libfcgi, which asserts that it gets what it asks for: a few hundred bytes for each request. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static const _Atomic uint32_t *every;
static _Atomic uint32_t calls;

static uintptr_t spared_from, spared_to;

static int
look(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	if (strstr(info->dlpi_name, "libfcgi") == NULL)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
			spared_from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
			spared_to = spared_from + info->dlpi_phdr[i].p_memsz;
		}
	return 1;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("STARVE");
	int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	(void)dl_iterate_phdr(look, NULL);
	every = at == MAP_FAILED ? NULL : at;
}

static int
starved(const void *caller)
{
	uint32_t n = every == NULL ? 0 : atomic_load(every);
	uintptr_t at = (uintptr_t)caller;

	if (n == 0 || gettid() == getpid() || (at >= spared_from && at < spared_to) ||
	    (atomic_fetch_add(&calls, 1) + 1) % n != 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return starved(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return starved(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return starved(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}
