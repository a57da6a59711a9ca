/* memo_table.h: a memo's entries, found by key and by tag. */
#ifndef BASE_MEMO_TABLE_H
#define BASE_MEMO_TABLE_H

#include "base/memo_queue.h"
#include "base/str.h"

struct memo_value;
struct memo_entry;

/* One tag of one entry, in the chain of its slot. */
struct memo_link {
	struct memo_link *next, **back;
	struct memo_entry *entry;
	int64_t id;
	int32_t kind;
};

struct memo_entry {
	struct memo_node node;    /* first: the queue's pointers are the entry's */
	struct memo_entry *next;  /* same slot */
	struct memo_entry *aside; /* a list of entries picked out */
	struct memo_value *value; /* one reference */
	struct str key;
	size_t n_links;
	bool stale, picked;
	struct memo_link links[]; /* then the key's bytes */
};

struct memo_table {
	struct memo_entry **keys;
	struct memo_link **tags;
	size_t mask, n;
	uint64_t seed;
};

bool memo_table_open(struct memo_table *t, size_t slots); /* slots: a power of two, never changed */
void memo_table_close(struct memo_table *t);              /* frees no entry */

uint64_t memo_table_hash(const struct memo_table *t, struct str key);

/* A block of its own (free it); the caller fills value and the links' kind and id. NULL: out of memory. */
struct memo_entry *memo_entry_new(struct str key, uint64_t hash, size_t n_links);
size_t memo_entry_cost(const struct memo_entry *e); /* without the value's */

struct memo_entry *memo_table_find(const struct memo_table *t, uint64_t hash, struct str key);
void memo_table_add(struct memo_table *t, struct memo_entry *e);
void memo_table_remove(struct memo_table *t, struct memo_entry *e);

/* Puts every entry with that tag before list, once (picked is set). Returns the new head. */
struct memo_entry *memo_table_pick(struct memo_table *t, int32_t kind, int64_t id, struct memo_entry *list);

#endif
