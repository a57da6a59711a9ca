/* memo_visit.c: values are found, waited for, made and kept. */
#include "base/clock.h"
#include "base/memo.h"
#include "base/memo_inside.h"

static struct memo_fill *
begin_fill(struct memo *m, uint64_t hash, struct str key)
{
	return memo_fill_begin(&m->fills, hash, key, m->table.clock);
}

static enum memo_found
take_entry(struct memo *m, struct memo_entry *e, struct memo_value **value, struct memo_fill **fill)
{
	if (e->node.uses < MEMO_USES)
		e->node.uses++;
	memo_hold(e->value);
	*value = e->value;
	if (!e->stale)
		return MEMO_HIT;
	if (memo_fill_find(m->fills, e->node.hash, e->key) == NULL)
		*fill = begin_fill(m, e->node.hash, e->key);
	return MEMO_STALE;
}

/* Waits for another thread's fill until *deadline, set at the first wait. True: it came to nothing, look again. */
static bool
wait_for(struct memo *m, struct memo_fill *other, int64_t *deadline, enum memo_found *found,
    struct memo_value **value)
{
	enum memo_wait how;
	struct memo_value *left;

	if (*deadline == 0)
		*deadline = clock_ticks() + (int64_t)m->wait_ms * 1000;
	left = memo_fill_wait(other, &m->lock, *deadline, &how, value);
	*found = how == MEMO_WAIT_SHARED ? MEMO_HIT : MEMO_ALONE;
	if (left != NULL) {
		memo_unlock(m);
		memo_release(left);
		memo_lock(m);
	}
	return how == MEMO_WAIT_AGAIN;
}

/* Under the lock: there, waited for, or to be made. */
static enum memo_found
look(struct memo *m, uint64_t hash, struct str key, struct memo_value **value, struct memo_fill **fill)
{
	enum memo_found found = MEMO_ALONE;
	struct memo_entry *e;
	struct memo_fill *other;
	int64_t deadline = 0;
	bool again = true;

	while (again) {
		again = false;
		if ((e = memo_table_find(&m->table, hash, key)) != NULL)
			found = take_entry(m, e, value, fill);
		else if ((other = memo_fill_find(m->fills, hash, key)) != NULL)
			again = wait_for(m, other, &deadline, &found, value);
		else
			found = (*fill = begin_fill(m, hash, key)) != NULL ? MEMO_FILL : MEMO_ALONE;
	}
	return found;
}

/* Under the lock: puts an entry in its place. */
static void
place(struct memo *m, struct memo_entry *e, struct memo_leaving *out)
{
	memo_make_room(m, e->node.cost, out);
	memo_queue_add(&m->queue, &e->node);
	memo_table_add(&m->table, e);
}

/* What left memory is shown again, unless one of its tags was dropped since its fill began. It comes back for good at the
 * second time: what many ask for once does not push out what one asks for often. */
static struct memo_value *
bring_back(struct memo *m, uint64_t hash, struct str key)
{
	struct memo_entry *e = memo_below_find(m->below, hash, key);
	struct memo_leaving out = {NULL, NULL};
	struct memo_value *value = NULL;
	bool placed = false;

	if (e == NULL)
		return NULL;
	memo_lock(m);
	if (memo_table_holds(&m->table, e) && memo_table_find(&m->table, hash, key) == NULL) {
		value = e->value;
		memo_hold(value);
		placed = e->node.cost <= m->queue.budget && memo_queue_meet(&m->queue, hash);
		if (placed)
			place(m, e, &out);
		m->returns++;
	}
	memo_unlock(m);
	memo_let_go(m, &out);
	if (!placed)
		memo_entry_bury(e);
	return value;
}

struct memo_value *
memo_find(struct memo *m, struct str key)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	struct memo_value *value = NULL;
	struct memo_fill *fill = NULL;
	struct memo_entry *e;

	memo_lock(m);
	e = memo_table_find(&m->table, hash, key);
	if (e != NULL && !e->stale) {
		(void)take_entry(m, e, &value, &fill);
		m->hits++;
	}
	memo_unlock(m);
	return e == NULL && m->below != NULL ? bring_back(m, hash, key) : value;
}

enum memo_found
memo_get(struct memo *m, struct str key, struct memo_value **value, struct memo_fill **fill)
{
	uint64_t hash = memo_table_hash(&m->table, key);
	enum memo_found found;

	*value = NULL;
	*fill = NULL;
	memo_lock(m);
	found = look(m, hash, key, value, fill);
	if (found == MEMO_HIT || found == MEMO_STALE)
		m->hits++;
	else
		m->misses++;
	memo_unlock(m);
	return found;
}

static struct memo_entry *
new_entry(const struct memo_fill *f, struct memo_value *value, const struct memo_tag *tags, size_t n)
{
	struct memo_entry *e = memo_entry_new(f->key, f->hash, n);

	if (e == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		e->links[i].kind = tags[i].kind;
		e->links[i].id = tags[i].id;
	}
	e->node.cost = memo_entry_cost(e) + value->cost;
	e->since = f->since;
	e->value = value;
	memo_hold(value);
	return e;
}

bool
memo_store(
    struct memo *m, struct memo_fill *fill, struct memo_value *value, const struct memo_tag *tags, size_t n)
{
	struct memo_entry *e = new_entry(fill, value, tags, n), *old;
	struct memo_leaving out = {NULL, NULL};
	struct memo_value *left;
	bool kept;

	memo_lock(m);
	kept = e != NULL && !fill->doomed && e->node.cost <= m->queue.budget;
	if (kept) {
		old = memo_table_find(&m->table, fill->hash, e->key);
		if (old != NULL) { /* a new edition inherits its place in line */
			e->node.main = old->node.main;
			e->node.uses = old->node.uses;
			memo_take_out(m, old, &out.gone);
		}
		place(m, e, &out);
	}
	left = memo_fill_end(fill, value);
	memo_unlock(m);
	memo_release(left);
	memo_let_go(m, &out);
	if (!kept)
		memo_entry_bury(e);
	return kept;
}

void
memo_abandon(struct memo *m, struct memo_fill *fill)
{
	struct memo_value *left;

	memo_lock(m);
	left = memo_fill_end(fill, NULL);
	memo_unlock(m);
	memo_release(left);
}
