/* memo_table.c: two chained hash tables of a fixed size, so that no request waits for one to grow. */
#include "base/memo_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/memo_value.h"
#include "base/token.h"

bool
memo_table_open(struct memo_table *t, size_t slots)
{
	*t = (struct memo_table){.mask = slots - 1};
	token_random(&t->seed, sizeof t->seed);
	t->keys = calloc(slots, sizeof(struct memo_entry *));
	t->tags = calloc(slots, sizeof(struct memo_link *));
	if (t->keys != NULL && t->tags != NULL)
		return true;
	memo_table_close(t);
	return false;
}

void
memo_table_close(struct memo_table *t)
{
	free(t->keys);
	free(t->tags);
	free(t->dropped);
	t->keys = NULL;
	t->tags = NULL;
	t->dropped = NULL;
}

static uint64_t
mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/* Seeded at random: nobody outside can choose keys for one slot. */
uint64_t
memo_table_hash(const struct memo_table *t, struct str key)
{
	uint64_t h = mix(t->seed, key.len), word;
	size_t i = 0;

	for (; key.len - i >= sizeof word; i += sizeof word) {
		memcpy(&word, key.at + i, sizeof word);
		h = mix(h, word);
	}
	word = 0;
	if (i < key.len)
		memcpy(&word, key.at + i, key.len - i);
	return mix(mix(h, word), t->seed);
}

static size_t
tag_slot(const struct memo_table *t, int32_t kind, int64_t id)
{
	return mix(mix(t->seed, (uint64_t)id), (uint32_t)kind) & t->mask;
}

struct memo_entry *
memo_entry_new(struct str key, uint64_t hash, size_t n_links)
{
	struct memo_entry *e;
	char *bytes;

	if (n_links > 1 << 20 || key.len > 1 << 20)
		return NULL;
	e = calloc(1, sizeof *e + n_links * sizeof e->links[0] + key.len + 1);
	if (e == NULL)
		return NULL;
	bytes = (char *)(e->links + n_links);
	if (key.len > 0)
		memcpy(bytes, key.at, key.len);
	e->key = (struct str){bytes, key.len};
	e->node.hash = hash;
	e->n_links = n_links;
	return e;
}

size_t
memo_entry_cost(const struct memo_entry *e)
{
	return sizeof *e + e->n_links * sizeof e->links[0] + e->key.len + 1;
}

void
memo_entry_bury(struct memo_entry *list)
{
	while (list != NULL) {
		struct memo_entry *e = list;

		list = e->aside;
		memo_release(e->value);
		free(e);
	}
}

struct memo_entry *
memo_table_find(const struct memo_table *t, uint64_t hash, struct str key)
{
	struct memo_entry *e = t->keys[hash & t->mask];

	while (e != NULL && (e->node.hash != hash || !str_eq(e->key, key)))
		e = e->next;
	return e;
}

static void
link_add(struct memo_table *t, struct memo_link *l)
{
	struct memo_link **slot = &t->tags[tag_slot(t, l->kind, l->id)];

	l->next = *slot;
	l->back = slot;
	if (*slot != NULL)
		(*slot)->back = &l->next;
	*slot = l;
}

void
memo_table_add(struct memo_table *t, struct memo_entry *e)
{
	struct memo_entry **slot = &t->keys[e->node.hash & t->mask];

	e->next = *slot;
	*slot = e;
	for (size_t i = 0; i < e->n_links; i++) {
		e->links[i].entry = e;
		link_add(t, &e->links[i]);
	}
	t->n++;
}

void
memo_table_remove(struct memo_table *t, struct memo_entry *e)
{
	struct memo_entry **at = &t->keys[e->node.hash & t->mask];

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	for (size_t i = 0; i < e->n_links; i++) {
		struct memo_link *l = &e->links[i];

		*l->back = l->next;
		if (l->next != NULL)
			l->next->back = l->back;
	}
	t->n--;
}

struct memo_entry *
memo_table_pick(struct memo_table *t, int32_t kind, int64_t id, struct memo_entry *list)
{
	size_t slot = tag_slot(t, kind, id);

	t->clock++;
	if (t->dropped != NULL)
		t->dropped[slot] = t->clock;
	for (struct memo_link *l = t->tags[slot]; l != NULL; l = l->next) {
		if (l->kind != kind || l->id != id || l->entry->picked)
			continue;
		l->entry->picked = true;
		l->entry->aside = list;
		list = l->entry;
	}
	return list;
}

void
memo_table_drop_all(struct memo_table *t)
{
	t->all = ++t->clock;
}

bool
memo_table_remember(struct memo_table *t)
{
	t->dropped = calloc(t->mask + 1, sizeof *t->dropped);
	return t->dropped != NULL;
}

bool
memo_table_holds(const struct memo_table *t, const struct memo_entry *e)
{
	if (e->since < t->all)
		return false;
	for (size_t i = 0; i < e->n_links; i++)
		if (t->dropped[tag_slot(t, e->links[i].kind, e->links[i].id)] > e->since)
			return false;
	return true;
}
