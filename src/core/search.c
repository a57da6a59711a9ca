/* search.c: hits ordered by closeness and age, judged one by one, and words to try instead. */
#include "core/search.h"

#include <math.h>
#include <stdlib.h>

#include "format/search_words.h"
#include "store/search_store.h"

#define HITS_MAX 100  /* the newest that match: a frequent word has too many to look at all of them */
#define TITLES_MAX 50 /* the newest whose title matches, of any age */
#define FEW 3
#define HALF_LIFE (365.0 * 86400) /* a year makes half of the part of the score that age counts for */

struct asking {
	struct paywall *pw;
	const struct paywall_doors *doors;
	struct arena *a;
	const struct search_question *q;
	struct str match;
};

/* Age counts for a third, so that what is closest stays first. */
static void
weigh_age(struct search_hit *hits, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++) {
		double age = now > hits[i].listed_at ? (double)(now - hits[i].listed_at) : 0;

		hits[i].score *= 2 + exp2(-age / HALF_LIFE);
	}
}

static int
order(const void *left, const void *right)
{
	const struct search_hit *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

/* Whether the whole of the article is the reader's to read. */
static enum err
opens(const struct asking *s, const struct card *card, bool *open)
{
	struct rights *rights;
	enum err e = paywall_article(s->pw, s->doors, card->section, card->slug, &rights);

	*open = false;
	if (e != ERR_NONE)
		return e;
	*open = rights->article_id == card->id &&
	        paywall_decide(rights, s->q->facts, s->q->visit, s->q->now).verdict == VERDICT_FULL;
	memo_release(&rights->head);
	return ERR_NONE;
}

/* ERR_NOT_FOUND: not for this reader. In the whole text when it is open, else as everybody finds it. */
static enum err
judge(const struct asking *s, int64_t id, struct search_result *out)
{
	struct search_place place;
	bool open = false;
	enum err e = list_store_card(s->doors->open, s->a, id, s->q->now, &out->card);

	if (e == ERR_NONE && s->q->whole)
		e = opens(s, &out->card, &open);
	if (e == ERR_NONE)
		e = open ? search_store_place(s->doors->full, s->a, SEARCH_FULL, s->match, id, &place)
		         : search_store_place(s->doors->open, s->a, SEARCH_OPEN, s->match, id, &place);
	if (e == ERR_NONE) {
		out->title = place.title;
		out->excerpt = place.excerpt;
	}
	return e;
}

/* Pages before the one asked for are judged too: they may hold what this reader does not find. */
static enum err
show(const struct asking *s, const struct search_hit *hits, size_t n, struct search_answer *out)
{
	size_t skip = (size_t)(s->q->page - 1) * SEARCH_PAGE, i = 0;
	enum err e = ERR_NONE;

	if (!s->q->whole) { /* what is free is found by all: no need to look at each */
		i = skip < n ? skip : n;
		skip = 0;
	}
	for (; e == ERR_NONE && i < n && !out->more; i++) {
		struct search_result one;

		e = judge(s, hits[i].id, &one);
		if (e == ERR_NOT_FOUND) {
			e = ERR_NONE;
			continue;
		}
		if (e != ERR_NONE)
			break;
		if (skip > 0)
			skip--;
		else if (out->count < SEARCH_PAGE)
			out->results[out->count++] = one;
		else
			out->more = s->q->page < SEARCH_PAGES;
		if (out->count == SEARCH_PAGE && s->q->page >= SEARCH_PAGES)
			break;
	}
	return e;
}

static struct str
folded(struct arena *a, struct str word)
{
	char text[SEARCH_QUERY_MAX + 1];
	size_t n;

	return search_word_fold(word, text, sizeof text, &n) ? arena_copy(a, (struct str){text, n})
	                                                     : STR_NONE;
}

/* Words of titles, which are free, and nothing else. */
static enum err
suggest(const struct asking *s, const struct search_words *words, struct search_answer *out)
{
	struct buf meant = BUF_EMPTY;
	bool changed = false;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && out->count == 0 && i < words->count; i++) {
		struct str near;

		e = search_store_nearest(s->doors->open, s->a, folded(s->a, words->at[i]), &near);
		changed = changed || (near.len > 0 && !str_eq_nocase(near, words->at[i]));
		if (i > 0)
			buf_putc(&meant, ' ');
		buf_put(&meant, near.len > 0 ? near : words->at[i]);
	}
	if (changed && !meant.failed)
		out->meant = arena_copy(s->a, buf_str(&meant));
	buf_free(&meant);
	if (e == ERR_NONE && words->at[words->count - 1].len >= 3)
		e = search_store_words(s->doors->open, s->a, folded(s->a, words->at[words->count - 1]),
		    SEARCH_SUGGESTIONS, out->suggestions, &out->suggestion_count);
	return e;
}

static bool
has_hit(const struct search_hit *hits, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (hits[i].id == id)
			return true;
	return false;
}

/* The newest that match anywhere, and those whose title does. */
static enum err
find(const struct asking *s, struct search_hit **out, size_t *n)
{
	struct search_hit *hits = arena_zero(s->a, HITS_MAX + TITLES_MAX, sizeof *hits), *more = NULL;
	struct search_hit *titles = NULL;
	size_t titles_n = 0;
	enum err e = search_store_hits(s->q->whole ? s->doors->full : s->doors->open, s->a,
	    s->q->whole ? SEARCH_FULL : SEARCH_OPEN, s->match, HITS_MAX, &more, n);

	*out = hits;
	if (hits == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; e == ERR_NONE && i < *n; i++)
		hits[i] = more[i];
	if (e == ERR_NONE && *n == HITS_MAX)
		e = search_store_hits(
		    s->doors->open, s->a, SEARCH_TITLE, s->match, TITLES_MAX, &titles, &titles_n);
	for (size_t i = 0; e == ERR_NONE && i < titles_n; i++)
		if (!has_hit(hits, HITS_MAX, titles[i].id))
			hits[(*n)++] = titles[i];
	return e;
}

enum err
search_ask(struct paywall *pw, const struct paywall_doors *doors, struct arena *a,
    const struct search_question *q, struct search_answer *out)
{
	struct asking s = {pw, doors, a, q, STR_NONE};
	struct search_hit *hits = NULL;
	struct search_words words;
	struct buf match = BUF_EMPTY;
	size_t n = 0;
	enum err e;

	*out = (struct search_answer){.meant = STR_NONE};
	search_words_split(q->text, &words);
	if (!search_words_match(&match, &words, false)) {
		e = match.failed ? ERR_MEMORY : ERR_NONE;
		buf_free(&match);
		return e;
	}
	out->asked = true;
	s.match = arena_copy(a, buf_str(&match));
	buf_free(&match);
	if (s.match.at == NULL)
		return ERR_MEMORY;
	e = find(&s, &hits, &n);
	if (e != ERR_NONE)
		return e;
	weigh_age(hits, n, q->now);
	qsort(hits, n, sizeof *hits, order);
	e = show(&s, hits, n, out);
	if (e == ERR_NONE && q->page == 1 && out->count < FEW)
		e = suggest(&s, &words, out);
	return e;
}
