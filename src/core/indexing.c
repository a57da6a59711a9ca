/* indexing.c: from change_log to the index: what changed, what has become due, and a pass over everything at first. */
#include "core/indexing.h"

#include <string.h>

#include "base/clock.h"
#include "format/plain.h"
#include "format/search_words.h"
#include "store/related_store.h"
#include "store/pick.h"
#include "store/search_index.h"
#include "store/search_store.h"

#define INDEX_VERSION "3" /* grows when the tokenizer or what is indexed changes: then all is made anew */
#define BATCH 32
#define STEP_US ((int64_t)100000) /* other writers wait that long for a step and no longer */
#define RELATED 6
#define CLOSE_MAX 100 /* how many of the newest articles with a word of the title are compared */
#define WORD_MIN 4    /* shorter words are not suggested */
#define ARENA_BYTES ((size_t)32 << 20)

struct step {
	struct db *db;
	struct arena arena; /* emptied after each article */
	int64_t now;
	struct search_state state;
};

enum err
indexing_waits(struct db *db, int64_t now, bool *waits, struct fault *f)
{
	struct search_state state;
	enum err e = search_index_state(db, STR(INDEX_VERSION), &state);

	*waits = e == ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = search_index_waits(db, &state, now, waits);
	return e == ERR_NOT_FOUND ? ERR_NONE : pick_fault(f, e, db);
}

/* The words of a title enter or leave those that are suggested. */
static enum err
count_words(struct step *s, struct str title, bool more)
{
	struct search_words words;
	char folded[SEARCH_QUERY_MAX + 1];
	enum err e = ERR_NONE;
	size_t n;

	search_words_split(title, &words);
	for (size_t i = 0; e == ERR_NONE && i < words.count; i++)
		if (search_word_fold(words.at[i], folded, sizeof folded, &n) && n >= WORD_MIN)
			e = search_index_word(s->db, (struct str){folded, n}, words.at[i], more);
	return e;
}

static bool
holds(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/* The closest of the newest articles that share a word of the title, behind the n there are. */
static enum err
add_close(struct step *s, int64_t id, struct str title, int64_t ids[RELATED], size_t *n)
{
	struct search_hit *hits = NULL;
	struct search_words words;
	struct buf match = BUF_EMPTY;
	size_t count = 0;
	enum err e = ERR_NONE;

	search_words_split(title, &words);
	if (search_words_match(&match, &words, true))
		e = search_store_hits(
		    s->db, &s->arena, SEARCH_OPEN, buf_str(&match), CLOSE_MAX, &hits, &count);
	buf_free(&match);
	while (e == ERR_NONE && *n < RELATED) {
		size_t best = count;

		for (size_t i = 0; i < count; i++)
			if (hits[i].id != id && hits[i].listed_at <= s->now && !holds(ids, *n, hits[i].id) &&
			    (best == count || hits[i].score > hits[best].score))
				best = i;
		if (best == count)
			break;
		ids[(*n)++] = hits[best].id;
	}
	return e;
}

static enum err
relate(struct step *s, int64_t id, struct str title, int64_t ids[RELATED], size_t *n)
{
	enum err e = related_store_alike(s->db, &s->arena, id, s->now, RELATED, ids, n);

	if (e == ERR_NONE && *n < RELATED)
		e = add_close(s, id, title, ids, n);
	return e == ERR_NONE ? search_index_relate(s->db, id, ids, *n) : e;
}

/* Articles near one that came, changed or went: their lists may be others now. Each is read again as it is. */
static enum err
relate_all(struct step *s, const int64_t *ids, size_t n)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		int64_t unused[RELATED];
		struct search_source src;
		size_t count;

		arena_reset(&s->arena);
		e = search_index_source(s->db, &s->arena, ids[i], &src);
		if (e == ERR_NONE && src.listed_at <= s->now)
			e = relate(s, ids[i], src.title, unused, &count);
		e = e == ERR_NOT_FOUND ? ERR_NONE : e;
	}
	return e;
}

static enum err
take_out(struct step *s, int64_t id, const struct search_entry *old)
{
	enum err e = count_words(s, old->title, false);

	return e == ERR_NONE ? search_index_remove(s->db, id) : e;
}

/* Addresses of links are not text. */
static void
drop_addresses(struct buf *out, struct str html)
{
	static const struct str mark = STR_LITERAL(" href=\"");

	while (html.len > 0) {
		size_t at = str_find(html, mark), end = at;

		buf_put(out, str_slice(html, 0, at));
		html = str_slice(html, at + mark.len, html.len);
		for (end = 0; end < html.len && html.at[end] != '"'; end++)
			;
		html = str_slice(html, end + 1, html.len);
	}
}

static enum err
put_in(struct step *s, const struct search_source *src)
{
	struct buf html = BUF_EMPTY, body = BUF_EMPTY;
	enum err e;

	drop_addresses(&html, src->html);
	plain_from_html(&body, buf_str(&html));
	e = html.failed || body.failed ? ERR_MEMORY : search_index_put(s->db, src, buf_str(&body), false);
	buf_free(&html);
	buf_free(&body);
	return e == ERR_NONE ? count_words(s, src->title, true) : e;
}

/* The article's text in the index as it is now; *changed: it was another, or none. */
static enum err
index_text(struct step *s, int64_t id, struct search_source *src, bool *listed, bool *changed)
{
	struct search_entry old = {.due = false};
	bool known, due;
	enum err e = search_index_source(s->db, &s->arena, id, src);

	*changed = false;
	*listed = e == ERR_NONE;
	due = *listed && src->listed_at > s->now;
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = search_index_entry(s->db, &s->arena, id, &old);
	known = e == ERR_NONE;
	if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	if (e != ERR_NONE || (known && *listed && old.edition == src->edition &&
	                         old.listed_at == src->listed_at && old.due == due))
		return e;
	*changed = true;
	if (known)
		e = take_out(s, id, &old);
	if (e == ERR_NONE && due)
		e = search_index_put(s->db, src, STR_NONE, true);
	else if (e == ERR_NONE && *listed)
		e = put_in(s, src);
	*listed = *listed && !due;
	return e;
}

/* Its own list, and those of the articles near it, now and before. */
static enum err
index_near(struct step *s, int64_t id, struct str title, bool listed)
{
	int64_t near[RELATED], back[BATCH];
	size_t near_count = 0, back_count = 0;
	enum err e = search_index_back(s->db, id, back, BATCH, &back_count);

	if (e == ERR_NONE && listed)
		e = relate(s, id, title, near, &near_count);
	else if (e == ERR_NONE)
		e = search_index_relate(s->db, id, NULL, 0);
	if (e != ERR_NONE || s->state.pass == SEARCH_PASS_RELATED) /* the pass comes to all of them */
		return e;
	e = relate_all(s, near, near_count);
	return e == ERR_NONE ? relate_all(s, back, back_count) : e;
}

static enum err
index_one(struct step *s, int64_t id)
{
	struct search_source src = {.id = id};
	bool listed = false, changed = false;
	enum err e;

	arena_reset(&s->arena);
	e = index_text(s, id, &src, &listed, &changed);
	if (e != ERR_NONE || !changed || s->state.pass == SEARCH_PASS_TEXTS)
		return e;
	return index_near(s, id, src.title, listed);
}

static enum err
index_all(struct step *s, const int64_t *ids, size_t n)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = index_one(s, ids[i]);
	return e;
}

static enum err
follow_changes(struct step *s, bool *more)
{
	int64_t ids[BATCH];
	bool lost = false;
	size_t n = 0;
	enum err e = search_index_changed(s->db, &s->state.change_id, &lost, ids, BATCH, &n);

	if (lost) {
		s->state.pass = SEARCH_PASS_TEXTS;
		s->state.swept_id = 0;
	}
	*more = *more || n > 0;
	return e == ERR_NONE ? index_all(s, ids, n) : e;
}

static enum err
follow_schedule(struct step *s, bool *more)
{
	int64_t ids[BATCH];
	size_t n = 0;
	enum err e = search_index_due(s->db, s->now, ids, BATCH, &n);

	*more = *more || n == BATCH;
	return e == ERR_NONE ? index_all(s, ids, n) : e;
}

/* Texts and relations apart: an index that is written to and asked in turns costs several times as much. */
static enum err
pass_on(struct step *s, bool *more)
{
	int64_t ids[BATCH];
	size_t n = 0;
	enum err e;

	if (s->state.pass == SEARCH_PASS_NONE)
		return ERR_NONE;
	*more = true;
	e = search_index_next(s->db, &s->state.swept_id, ids, BATCH, &n);
	if (e == ERR_NONE)
		e = s->state.pass == SEARCH_PASS_TEXTS ? index_all(s, ids, n) : relate_all(s, ids, n);
	if (n > 0)
		return e;
	s->state.pass = s->state.pass == SEARCH_PASS_TEXTS ? SEARCH_PASS_RELATED : SEARCH_PASS_NONE;
	s->state.swept_id = 0;
	return e;
}

static enum err
begin(struct step *s)
{
	enum err e = search_index_state(s->db, STR(INDEX_VERSION), &s->state);

	if (e != ERR_NOT_FOUND)
		return e;
	e = search_index_reset(s->db, STR(INDEX_VERSION));
	return e == ERR_NONE ? search_index_state(s->db, STR(INDEX_VERSION), &s->state) : e;
}

/* As much as there is time for; when the texts are there, they are there for all at once. */
static enum err
work_off(struct step *s, bool *more)
{
	int64_t until = clock_ticks() + STEP_US;
	enum err e = begin(s);
	enum search_pass pass = s->state.pass;

	do {
		*more = false;
		if (e == ERR_NONE)
			e = follow_changes(s, more);
		if (e == ERR_NONE)
			e = follow_schedule(s, more);
		if (e == ERR_NONE)
			e = pass_on(s, more);
	} while (e == ERR_NONE && *more && s->state.pass == pass && clock_ticks() < until);
	return e == ERR_NONE ? search_index_advance(s->db, &s->state) : e;
}

enum err
indexing_step(struct db *db, int64_t now, bool *more, struct fault *f)
{
	struct step s = {.db = db, .now = now};
	enum err e = db_begin(db);

	*more = false;
	arena_init(&s.arena, ARENA_BYTES);
	if (e == ERR_NONE)
		e = work_off(&s, more);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE)
		e = pick_fault(f, e, db);
	db_rollback(db);
	arena_free(&s.arena);
	return e;
}
