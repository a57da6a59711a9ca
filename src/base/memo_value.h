/* memo_value.h: immutable values shared by threads, counted. */
#ifndef BASE_MEMO_VALUE_H
#define BASE_MEMO_VALUE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The head of every value kept. Immutable once stored; freed by destroy when the last reference goes. */
struct memo_value {
	_Atomic uint32_t refs; /* the maker starts with 1 */
	size_t cost;           /* bytes charged to the budget */
	void (*destroy)(struct memo_value *value);
};

void memo_hold(struct memo_value *value);
void memo_release(struct memo_value *value); /* NULL is fine */

#endif
