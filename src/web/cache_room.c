/* cache_room.c: budgets: what the disk's index and queue take is taken from the memory for pages. */
#include "web/cache_room.h"

#include <string.h>

#include "base/log.h"
#include "web/page_cache.h"

#define WAIT_MS 1000 /* how long a reader waits for another's page before making one too */
#define PAGES_WAITING ((size_t)256 * 1024) /* bytes of pages that may wait to be written */
#define FOLDER_BYTES 4096
#define DISK_LEAST ((uint64_t)1 << 20)
#define RIGHTS_SHARE 16 /* one part in so many of the disk's is for the rights of articles */

static size_t
memory_of(uint64_t disk)
{
	return disk == 0 ? 0 : spill_ring_memory(disk) + PAGES_WAITING + PAYWALL_WAITING;
}

/* The files' budget: half of the memory stays for pages. */
static uint64_t
disk_of(const struct config *cfg)
{
	uint64_t disk = (uint64_t)cfg->cache_disk;

	while (memory_of(disk) > (size_t)cfg->cache_pages / 2)
		disk = disk < DISK_LEAST ? 0 : disk / 2;
	return disk;
}

enum err
cache_room_pages(struct memo **out, const struct config *cfg)
{
	return memo_open(out, (size_t)cfg->cache_pages - memory_of(disk_of(cfg)), WAIT_MS);
}

static void
folder_of(const char *path, char folder[FOLDER_BYTES])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (n == 0 || n >= FOLDER_BYTES) {
		memcpy(folder, n == 0 && slash != NULL ? "/" : ".", 2);
		return;
	}
	memcpy(folder, path, n);
	folder[n] = '\0';
}

static void
tell(enum err e, const struct fault *f)
{
	if (e != ERR_NONE)
		LOG_WARNING("cache_disk", LOG_CSTR("reason", f->text[0] != '\0' ? f->text : "no memory"));
}

static void
deepen_pages(struct memo *pages, const char *folder, uint64_t bytes)
{
	static const struct memo_form form = {page_write, page_read};
	struct spill *spill = NULL;
	struct fault f = {""};
	enum err e = spill_open_ring(&spill, folder, bytes, &f);

	tell(e == ERR_NONE ? memo_deepen(pages, spill, &form, PAGES_WAITING) : e, &f);
}

static void
deepen_rights(struct paywall *pw, const char *folder, uint64_t bytes)
{
	struct spill *spill = NULL;
	struct fault f = {""};
	enum err e = spill_open_set(&spill, folder, bytes, &f);

	tell(e == ERR_NONE ? paywall_deepen(pw, spill) : e, &f);
}

void
cache_room_deepen(struct memo *pages, struct paywall *pw, const struct config *cfg)
{
	uint64_t disk = disk_of(cfg);
	char folder[FOLDER_BYTES];

	if (disk < (uint64_t)cfg->cache_disk)
		LOG_WARNING("cache_disk",
		    LOG_CSTR("reason", "[cache] pages has no room for the index of a larger file"),
		    LOG_NUM("bytes", (int64_t)disk));
	if (disk == 0)
		return;
	folder_of(cfg->database, folder);
	deepen_pages(pages, folder, disk - disk / RIGHTS_SHARE);
	deepen_rights(pw, folder, disk / RIGHTS_SHARE);
}
