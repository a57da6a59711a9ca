/* passages.c: two open tables of hashes: what is free, and what is not. */
#include "app/passages.h"

#include <stdlib.h>

#include "format/shingles.h"
#include "store/corpus_store.h"
#include "store/pick.h"

#define BATCH 100
#define BATCH_BYTES ((size_t)512 << 20)
#define RUNS_MOST 10000000

struct table {
	uint64_t *hashes; /* 0: free place */
	int64_t *ids;
	size_t n, room; /* room is a power of two */
	bool failed;
};

struct passages {
	struct table open, paid;
	uint64_t every; /* of so many hashes one is kept */
};

static bool
grow(struct table *t)
{
	struct table more = {.room = t->room == 0 ? 4096 : t->room * 2};

	more.hashes = calloc(more.room, sizeof *more.hashes);
	more.ids = calloc(more.room, sizeof *more.ids);
	if (more.hashes == NULL || more.ids == NULL) {
		free(more.hashes);
		free(more.ids);
		return false;
	}
	for (size_t i = 0; i < t->room; i++) {
		size_t at = t->hashes[i] & (more.room - 1);

		if (t->hashes[i] == 0)
			continue;
		while (more.hashes[at] != 0)
			at = (at + 1) & (more.room - 1);
		more.hashes[at] = t->hashes[i];
		more.ids[at] = t->ids[i];
	}
	more.n = t->n;
	free(t->hashes);
	free(t->ids);
	*t = more;
	return true;
}

/* Where the hash stands, or the free place where it would. */
static size_t
place_of(const struct table *t, uint64_t hash)
{
	size_t at = hash & (t->room - 1);

	while (t->hashes[at] != 0 && t->hashes[at] != hash)
		at = (at + 1) & (t->room - 1);
	return at;
}

static bool
has(const struct table *t, uint64_t hash)
{
	return t->room > 0 && t->hashes[place_of(t, hash)] == hash;
}

static void
put(struct table *t, uint64_t hash, int64_t id)
{
	size_t at;

	if (2 * t->n >= t->room && !grow(t)) {
		t->failed = true;
		return;
	}
	at = place_of(t, hash);
	if (t->hashes[at] == hash)
		return;
	t->hashes[at] = hash;
	t->ids[at] = id;
	t->n++;
}

struct reading {
	struct passages *p;
	int64_t id;
	bool paid; /* the second time: what is not free is paid for */
};

static bool
take_run(void *ctx, uint64_t hash, struct str words)
{
	struct reading *r = ctx;

	(void)words;
	if (hash == 0 || hash % r->p->every != 0)
		return true;
	if (!r->paid)
		put(&r->p->open, hash, 0);
	else if (!has(&r->p->open, hash))
		put(&r->p->paid, hash, r->id);
	return !r->p->open.failed && !r->p->paid.failed;
}

static void
read_runs(struct reading *r, struct str html)
{
	struct buf words = BUF_EMPTY;

	shingles_words(&words, html, false);
	shingles_each(buf_str(&words), take_run, r);
	r->p->paid.failed = r->p->paid.failed || words.failed;
	buf_free(&words);
}

static enum err
read_all(struct reading *r, struct db *db, int64_t now, struct fault *f)
{
	struct corpus_article *articles;
	struct arena a;
	int64_t after = 0;
	size_t n = 1;
	enum err e = ERR_NONE;

	arena_init(&a, BATCH_BYTES);
	while (e == ERR_NONE && n > 0) {
		arena_reset(&a);
		e = pick_fault(f, corpus_store_read(db, &a, after, now, BATCH, &articles, &n), db);
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			const struct corpus_article *c = &articles[i];

			after = r->id = c->id;
			if (r->paid && (c->hidden || !c->open))
				read_runs(r, c->html);
			else if (!r->paid && !c->hidden)
				read_runs(r, c->free);
			if (!r->paid && !c->hidden && c->open)
				read_runs(r, c->html);
		}
		if (r->p->open.failed || r->p->paid.failed)
			e = fault_set(f, ERR_MEMORY, "no memory for the passages of the archive");
	}
	arena_free(&a);
	return e;
}

enum err
passages_open(struct passages **out, struct db *db, int64_t now, struct fault *f)
{
	struct passages *p = calloc(1, sizeof *p);
	struct reading r = {.p = p};
	int64_t words = 0, articles = 0;
	enum err e = p == NULL ? fault_set(f, ERR_MEMORY, "no memory for the passages")
	                       : pick_fault(f, corpus_store_size(db, now, &words, &articles), db);

	*out = p;
	if (p != NULL)
		p->every = (uint64_t)words / RUNS_MOST + 1;
	if (e == ERR_NONE)
		e = read_all(&r, db, now, f);
	r.paid = true;
	if (e == ERR_NONE)
		e = read_all(&r, db, now, f);
	if (e == ERR_NONE)
		return e;
	passages_close(p);
	*out = NULL;
	return e;
}

void
passages_close(struct passages *p)
{
	if (p == NULL)
		return;
	free(p->open.hashes);
	free(p->open.ids);
	free(p->paid.hashes);
	free(p->paid.ids);
	free(p);
}

size_t
passages_count(const struct passages *p)
{
	return p->paid.n;
}

struct search {
	const struct passages *p;
	struct arena *a;
	struct passage *out;
	bool found;
};

static bool
look(void *ctx, uint64_t hash, struct str words)
{
	struct search *s = ctx;

	if (hash == 0 || !has(&s->p->paid, hash))
		return true;
	s->found = true;
	s->out->article_id = s->p->paid.ids[place_of(&s->p->paid, hash)];
	s->out->words = arena_copy(s->a, words);
	return false;
}

bool
passages_find(const struct passages *p, struct arena *a, struct str bytes, struct passage *out)
{
	struct search s = {p, a, out, false};

	for (int tags = 0; tags < 2 && !s.found; tags++) {
		struct buf words = BUF_EMPTY;

		shingles_words(&words, bytes, tags == 1);
		shingles_each(buf_str(&words), look, &s);
		buf_free(&words);
	}
	return s.found;
}
