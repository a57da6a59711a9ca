/* paywall.c: facts from the tables, kept in two memos, judged by entitlement. */
#include "core/paywall.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "core/devices.h"
#include "store/article_store.h"

#define BELIEVED_US ((int64_t)1000000) /* how old the last look at change_log may be for memory to count */
#define FILL_WAIT_MS 50
#define FACTS_TAGS 8 /* of readers with seats in more institutions nothing is kept */
#define TOUCH_S 3600 /* how far last_seen_at may lag behind, so that reading does not write */
#define TOUCHES_MAX ((size_t)256)

struct paywall {
	struct memo *articles, *readers;
	struct devices *devices;
	_Atomic int64_t seen;
	pthread_mutex_t lock; /* of touches: sessions in use whose row says otherwise */
	int64_t touches[TOUCHES_MAX];
	size_t touch_count;
};

enum err
paywall_open(struct paywall **out, size_t facts_budget)
{
	struct paywall *pw = calloc(1, sizeof *pw);
	enum err e = pw == NULL ? ERR_MEMORY : memo_open(&pw->articles, facts_budget / 2, FILL_WAIT_MS);

	if (e == ERR_NONE)
		e = memo_open(&pw->readers, facts_budget / 2, FILL_WAIT_MS);
	if (e == ERR_NONE)
		e = devices_open(&pw->devices, clock_now());
	if (e != ERR_NONE) {
		paywall_close(pw);
		return e;
	}
	(void)pthread_mutex_init(&pw->lock, NULL);
	*out = pw;
	return ERR_NONE;
}

enum err
paywall_deepen(struct paywall *pw, struct spill *spill)
{
	static const struct memo_form form = {rights_write, rights_read};

	return memo_deepen(pw->articles, spill, &form, PAYWALL_WAITING);
}

void
paywall_close(struct paywall *pw)
{
	if (pw == NULL)
		return;
	memo_close(pw->articles);
	memo_close(pw->readers);
	devices_close(pw->devices);
	(void)pthread_mutex_destroy(&pw->lock);
	free(pw);
}

struct devices *
paywall_devices(struct paywall *pw)
{
	return pw->devices;
}

void
paywall_seen(struct paywall *pw, int64_t ticks)
{
	atomic_store_explicit(&pw->seen, ticks, memory_order_release);
}

/* While the reader of change_log is late, memory may be wrong: every fact is read afresh. */
bool
paywall_is_current(struct paywall *pw)
{
	return clock_ticks() - atomic_load_explicit(&pw->seen, memory_order_acquire) <= BELIEVED_US;
}

/* A key made of words and a number, without allocation. */
struct key {
	char text[200];
	size_t len;
};

static bool
key_of_path(struct key *k, struct str section, struct str slug)
{
	if (section.len + slug.len + 1 > sizeof k->text)
		return false;
	memcpy(k->text, section.at, section.len);
	k->text[section.len] = '/';
	memcpy(k->text + section.len + 1, slug.at, slug.len);
	k->len = section.len + slug.len + 1;
	return true;
}

static struct str
key_str(const struct key *k)
{
	return (struct str){k->text, k->len};
}

/* The rows that facts were made from. false: they name more institutions than there is room for. */
static bool
tag_facts(const struct facts *facts, int64_t session_id, struct memo_tag tags[FACTS_TAGS], size_t *n)
{
	const struct entitlement_reader *reader = &facts->reader;
	int64_t last = 0;

	*n = 0;
	tags[(*n)++] = (struct memo_tag){CHANGE_SESSION, session_id};
	tags[(*n)++] = (struct memo_tag){CHANGE_SUBSCRIBER, facts->session.subscriber_id};
	for (size_t i = 0; i < reader->period_count; i++) {
		int64_t institution = reader->periods[i].institution_id;

		if (institution == 0 || institution == last)
			continue;
		if (*n == FACTS_TAGS)
			return false;
		tags[(*n)++] = (struct memo_tag){CHANGE_INSTITUTION, institution};
		last = institution;
	}
	return true;
}

/* From memory, or from the tables and then kept: one reference for the caller. */
static enum err
find_facts(struct paywall *pw, const struct paywall_doors *doors, int64_t session_id, struct facts **out)
{
	struct memo_value *value = NULL;
	struct memo_fill *fill = NULL;
	struct memo_tag tags[FACTS_TAGS];
	size_t tag_n;
	bool counts = paywall_is_current(pw);
	enum err e;

	if (counts)
		(void)memo_get(
		    pw->readers, (struct str){(const char *)&session_id, sizeof session_id}, &value, &fill);
	metrics_add(value != NULL ? METRIC_FACTS_HITS : METRIC_FACTS_MISSES, 1);
	if (value != NULL && fill == NULL) {
		*out = (struct facts *)value;
		return ERR_NONE;
	}
	e = facts_load(doors->open, session_id, clock_now(), out);
	if (fill != NULL && e == ERR_NONE && tag_facts(*out, session_id, tags, &tag_n))
		(void)memo_store(pw->readers, fill, &(*out)->head, tags, tag_n);
	else if (fill != NULL)
		memo_abandon(pw->readers, fill);
	memo_release(value);
	return e;
}

static void
want_touch(struct paywall *pw, int64_t session_id)
{
	size_t i = 0;

	pthread_mutex_lock(&pw->lock);
	while (i < pw->touch_count && pw->touches[i] != session_id)
		i++;
	if (i == pw->touch_count && i < TOUCHES_MAX)
		pw->touches[pw->touch_count++] = session_id;
	pthread_mutex_unlock(&pw->lock);
}

bool
paywall_next_touch(struct paywall *pw, int64_t *session_id)
{
	bool any;

	pthread_mutex_lock(&pw->lock);
	any = pw->touch_count > 0;
	if (any)
		*session_id = pw->touches[--pw->touch_count];
	pthread_mutex_unlock(&pw->lock);
	return any;
}

enum err
paywall_reader(struct paywall *pw, const struct paywall_doors *doors, const struct session_claims *claims,
    int64_t idle_s, int64_t now, struct facts **out)
{
	enum err e;

	*out = NULL;
	if (claims == NULL)
		return ERR_NONE;
	e = find_facts(pw, doors, claims->session_id, out);
	if (e == ERR_NONE && !session_valid(&(*out)->session, claims, idle_s, now)) {
		/* Another node may have written a later use, which is in no change_log row: ask the table once. */
		memo_release(&(*out)->head);
		*out = NULL;
		e = facts_load(doors->open, claims->session_id, now, out);
	}
	if (e != ERR_NONE)
		return e;
	if (!session_valid(&(*out)->session, claims, idle_s, now)) {
		memo_release(&(*out)->head);
		*out = NULL;
	} else if (now - (*out)->session.last_seen_at > TOUCH_S) {
		want_touch(pw, claims->session_id);
	}
	return ERR_NONE;
}

enum err
paywall_article(struct paywall *pw, const struct paywall_doors *doors, struct str section, struct str slug,
    struct rights **out)
{
	struct memo_value *value = NULL;
	struct memo_fill *fill = NULL;
	struct key key;
	enum err e;

	*out = NULL;
	if (!key_of_path(&key, section, slug))
		return ERR_NOT_FOUND;
	if (paywall_is_current(pw) && (value = memo_find(pw->articles, key_str(&key))) == NULL)
		(void)memo_get(pw->articles, key_str(&key), &value, &fill);
	if (value != NULL && fill == NULL) {
		*out = (struct rights *)value;
		return ERR_NONE;
	}
	e = rights_load(doors->open, section, slug, out);
	if (fill != NULL && e == ERR_NONE) {
		const struct memo_tag tag = {CHANGE_ARTICLE, (*out)->article_id};

		(void)memo_store(pw->articles, fill, &(*out)->head, &tag, 1);
	} else if (fill != NULL) {
		memo_abandon(pw->articles, fill);
	}
	memo_release(value);
	return e;
}

struct decision
paywall_decide(const struct rights *rights, const struct facts *facts, const struct entitlement_visit *visit,
    int64_t now)
{
	static const struct entitlement_reader nobody = {.signed_in = false};

	return entitlement_decide(&rights->article, facts != NULL ? &facts->reader : &nobody, visit, now);
}

enum err
paywall_body(const struct paywall_doors *doors, const struct decision *decision, const struct rights *rights,
    struct arena *a, struct str *html)
{
	if (decision->verdict != VERDICT_FULL)
		return ERR_DENIED;
	return article_store_body(doors->full, a, rights->article_id, html);
}

void
paywall_forget(struct paywall *pw, const struct change *change)
{
	const struct memo_tag tag = {(int32_t)change->kind, change->ref};

	if (change->kind == CHANGE_EVERYTHING) {
		memo_drop_all(pw->articles);
		memo_drop_all(pw->readers);
		return;
	}
	/* How many devices a plan allows is in the facts of all who have it; plans change rarely. */
	if (change->kind == CHANGE_PLAN)
		memo_drop_all(pw->readers);
	/* Sections are in every article's address. */
	if (change->kind == CHANGE_SECTION)
		memo_drop_all(pw->articles);
	memo_drop(pw->articles, &tag, 1, false);
	memo_drop(pw->readers, &tag, 1, false);
}
