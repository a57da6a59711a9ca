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
	uint64_t since; /* what the table's clock said when its fill began */
	size_t n_links;
	bool stale, picked, below; /* below: this value lies on disk too */
	struct memo_link links[];  /* then the key's bytes */
};

struct memo_table {
	struct memo_entry **keys;
	struct memo_link **tags;
	size_t mask, n;
	uint64_t seed;
	uint64_t clock, all; /* drops ever made; the last one of everything */
	uint64_t *dropped;   /* for each slot of tags the last drop; NULL: nobody asks */
};

bool memo_table_open(struct memo_table *t, size_t slots); /* slots: a power of two, never changed */
void memo_table_close(struct memo_table *t);              /* frees no entry */

uint64_t memo_table_hash(const struct memo_table *t, struct str key);

/* A block of its own (free it); the caller fills value and the links' kind and id. NULL: out of memory. */
struct memo_entry *memo_entry_new(struct str key, uint64_t hash, size_t n_links);
size_t memo_entry_cost(const struct memo_entry *e); /* without the value's */
void memo_entry_bury(
    struct memo_entry *list); /* chained by aside, in no table: frees them, gives the values back */

struct memo_entry *memo_table_find(const struct memo_table *t, uint64_t hash, struct str key);
void memo_table_add(struct memo_table *t, struct memo_entry *e);
void memo_table_remove(struct memo_table *t, struct memo_entry *e);

/* Notes the drop of a tag. Puts every entry that has it before list, once (picked is set). Returns the new head. */
struct memo_entry *memo_table_pick(struct memo_table *t, int32_t kind, int64_t id, struct memo_entry *list);
void memo_table_drop_all(struct memo_table *t); /* notes the drop of everything; picks nothing */

/* From now on drops are remembered, so that entries that are in no table can be judged. false: out of memory. */
bool memo_table_remember(struct memo_table *t);
/* Whether none of its tags was dropped since; tags that share a slot are taken for one. */
bool memo_table_holds(const struct memo_table *t, const struct memo_entry *e);

#endif
