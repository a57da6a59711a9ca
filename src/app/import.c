/* import.c: files are read and rendered one by one and stored some at a time, in a transaction; when one of them is
 * refused there, each gets a transaction of its own. */
#include "app/import.h"

#include <errno.h>
#include <fts.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "app/import_images.h"
#include "base/clock.h"
#include "base/file.h"
#include "core/publish.h"
#include "format/nearest.h"
#include "store/section_store.h"

#define BATCH 64
#define BATCH_BYTES ((size_t)8 << 20)
#define ARENA_BYTES ((size_t)64 << 20)
#define FILE_BYTES ((size_t)1 << 20)
#define IS_THE_FILES_FAULT(e)                                                                         \
	((e) == ERR_INVALID || (e) == ERR_TOO_LARGE || (e) == ERR_CONFLICT || (e) == ERR_NOT_FOUND || \
	    (e) == ERR_DENIED)

struct item {
	const char *path;
	struct article_draft draft;
};

/* Which file of this import has which slug: a second one would silently replace the first. */
struct taken {
	struct str slug;
	const char *path;
};

struct import {
	struct cli *cli;
	struct db *db;
	bool dry_run;
	struct import_result *result;
	struct fault *f;
	struct arena arena; /* what the batch needs */
	struct item items[BATCH];
	size_t n;
	struct section *sections;
	size_t section_count;
	struct versions versions;
	void *slugs; /* tsearch tree of struct taken */
	char **paths;
	size_t path_count, path_room;
};

static int
compare_taken(const void *a, const void *b)
{
	return str_cmp(((const struct taken *)a)->slug, ((const struct taken *)b)->slug);
}

static void
refuse(struct import *im)
{
	im->result->refused++;
	(void)fflush(stdout);
	(void)fprintf(stderr, "poterne: %s\n", im->f->text);
	im->f->text[0] = '\0';
}

/* Paths ------------------------------------------------------------------------------------------------------------- */

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum err
add_path(struct import *im, const char *path)
{
	if (im->path_count == im->path_room) {
		size_t room = im->path_room * 2 + 64;
		char **paths = realloc(im->paths, room * sizeof *paths);

		if (paths == NULL)
			return fault_set(im->f, ERR_MEMORY, "no memory for the list of files");
		im->paths = paths;
		im->path_room = room;
	}
	im->paths[im->path_count] = arena_cstr(im->cli->arena, str_of(path));
	return im->paths[im->path_count++] == NULL
	           ? fault_set(im->f, ERR_MEMORY, "no memory for the list of files")
	           : ERR_NONE;
}

static enum err
visit(struct import *im, FTS *fts, FTSENT *entry)
{
	bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';

	switch (entry->fts_info) {
	case FTS_D:
		if (hidden)
			(void)fts_set(fts, entry, FTS_SKIP);
		return ERR_NONE;
	case FTS_F:
		if (hidden || (entry->fts_level > 0 && !str_ends(str_of(entry->fts_name), STR(".md"))))
			return ERR_NONE;
		return add_path(im, entry->fts_path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		(void)fault_set(im->f, ERR_NOT_FOUND, "%s: %s", entry->fts_path, strerror(entry->fts_errno));
		refuse(im);
		return ERR_NONE;
	default: return ERR_NONE;
	}
}

static enum err
find_files(struct import *im)
{
	char **roots = arena_zero(im->cli->arena, (size_t)im->cli->argc + 1, sizeof *roots);
	FTSENT *entry;
	enum err e = ERR_NONE;
	FTS *fts;

	if (roots == NULL)
		return fault_set(im->f, ERR_MEMORY, "no memory for the list of files");
	memcpy(roots, im->cli->argv, (size_t)im->cli->argc * sizeof *roots);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (fts == NULL)
		return fault_set(im->f, ERR_INTERNAL, "files: %s", strerror(errno));
	while (e == ERR_NONE && (entry = fts_read(fts)) != NULL)
		e = visit(im, fts, entry);
	(void)fts_close(fts);
	return e;
}

/* One file ---------------------------------------------------------------------------------------------------------- */

static enum err
check_section(struct import *im, const struct frontmatter *fm, const char *path)
{
	struct nearest near = NEAREST_NONE;
	char *name;

	for (size_t i = 0; i < im->section_count; i++) {
		if (str_eq(im->sections[i].slug, fm->section))
			return ERR_NONE;
		name = arena_cstr(&im->arena, im->sections[i].slug);
		if (name != NULL)
			nearest_consider(&near, fm->section, name);
	}
	return fault_set(im->f, ERR_INVALID, "%s:%u: there is no section " STR_FMT "%s%s%s", path,
	    fm->section_line, STR_ARG(fm->section),
	    near.best == NULL ? "; INSERT INTO section first" : "; did you mean ",
	    near.best == NULL ? "" : near.best, near.best == NULL ? "" : "?");
}

static enum err
check_slug(struct import *im, const struct frontmatter *fm, const char *path)
{
	struct taken *mine = arena_zero(im->cli->arena, 1, sizeof *mine);
	struct taken **place;

	if (mine == NULL)
		return fault_set(im->f, ERR_MEMORY, "no memory for the list of slugs");
	*mine = (struct taken){arena_copy(im->cli->arena, fm->slug), path};
	place = mine->slug.at == NULL ? NULL : tsearch(mine, &im->slugs, compare_taken);
	if (place == NULL)
		return fault_set(im->f, ERR_MEMORY, "no memory for the list of slugs");
	if (*place == mine)
		return ERR_NONE;
	return fault_set(im->f, ERR_INVALID, "%s:%u: the slug " STR_FMT " is taken by %s already", path,
	    fm->slug_line, STR_ARG(fm->slug), (*place)->path);
}

static enum err
read_item(struct import *im, const char *path, struct item *out)
{
	struct import_images images = {.config = im->cli->config,
	    .versions = &im->versions,
	    .dry_run = im->dry_run,
	    .arena = &im->arena,
	    .path = path,
	    .f = im->f};
	const struct markdown_media media = {import_images_look, &images};
	struct frontmatter fm;
	struct str source;
	enum err e;

	if ((e = file_read(&im->arena, path, FILE_BYTES, &source, im->f)) != ERR_NONE ||
	    (e = frontmatter_read(&im->arena, source, path, &fm, im->f)) != ERR_NONE ||
	    (e = check_section(im, &fm, path)) != ERR_NONE || (e = check_slug(im, &fm, path)) != ERR_NONE ||
	    (e = import_images_take(&images, &fm)) != ERR_NONE)
		return e;
	out->path = path;
	return publish_draft(&im->arena, im->cli->config, &fm, path, &media, &out->draft, im->f);
}

/* Storing ----------------------------------------------------------------------------------------------------------- */

static enum err
put_range(struct import *im, size_t from, size_t to)
{
	size_t added = 0;
	enum err e = db_begin(im->db);

	if (e != ERR_NONE)
		return fault_set(im->f, e, "%s", db_message(im->db));
	for (size_t i = from; e == ERR_NONE && i < to; i++) {
		bool is_new = false;
		int64_t id;

		e = article_write_put(im->db, &im->items[i].draft, clock_now(), &id, &is_new, im->f);
		added += is_new;
		if (e != ERR_NONE)
			(void)fault_context(im->f, e, "%s", im->items[i].path);
	}
	if (e == ERR_NONE && !im->dry_run && (e = db_commit(im->db)) != ERR_NONE)
		(void)fault_set(im->f, e, "%s", db_message(im->db));
	if (e != ERR_NONE || im->dry_run)
		db_rollback(im->db);
	if (e == ERR_NONE) {
		im->result->added += added;
		im->result->replaced += to - from - added;
	}
	return e;
}

static enum err
flush(struct import *im)
{
	enum err e = im->n == 0 ? ERR_NONE : put_range(im, 0, im->n);

	if (IS_THE_FILES_FAULT(e)) {
		e = ERR_NONE;
		for (size_t i = 0; i < im->n && e == ERR_NONE; i++) {
			e = put_range(im, i, i + 1);
			if (IS_THE_FILES_FAULT(e)) {
				refuse(im);
				e = ERR_NONE;
			}
		}
	}
	im->n = 0;
	arena_reset(&im->arena);
	return e;
}

static enum err
import_files(struct import *im)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < im->path_count; i++) {
		e = read_item(im, im->paths[i], &im->items[im->n]);
		if (e == ERR_NONE)
			im->n++;
		else if (IS_THE_FILES_FAULT(e)) {
			refuse(im);
			e = ERR_NONE;
		}
		if (e == ERR_NONE && (im->n == BATCH || im->arena.used > BATCH_BYTES))
			e = flush(im);
		if (i % 16 == 15 || i + 1 == im->path_count)
			cli_progress("import", i + 1, im->path_count);
	}
	return e == ERR_NONE ? flush(im) : e;
}

static void
keep_node(void *node)
{
	(void)node; /* it lives in the arena */
}

enum err
import_run(struct cli *cli, struct db *db, bool dry_run, struct import_result *out, struct fault *f)
{
	struct import *im = calloc(1, sizeof *im);
	enum err e;

	*out = (struct import_result){0};
	if (im == NULL)
		return fault_set(f, ERR_MEMORY, "no memory to import");
	im->cli = cli;
	im->db = db;
	im->dry_run = dry_run;
	im->result = out;
	im->f = f;
	im->versions.config = cli->config;
	arena_init(&im->arena, ARENA_BYTES);
	e = section_store_all(db, cli->arena, &im->sections, &im->section_count);
	if (e != ERR_NONE)
		(void)fault_set(f, e, "%s", db_message(db));
	if (e == ERR_NONE && (e = find_files(im)) == ERR_NONE)
		e = import_files(im);
	tdestroy(im->slugs, keep_node);
	arena_free(&im->arena);
	free(im->paths);
	free(im);
	return e;
}
