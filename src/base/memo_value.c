/* memo_value.c: the count of references. */
#include "base/memo_value.h"

void
memo_hold(struct memo_value *value)
{
	(void)atomic_fetch_add_explicit(&value->refs, 1, memory_order_relaxed);
}

void
memo_release(struct memo_value *value)
{
	if (value != NULL && atomic_fetch_sub_explicit(&value->refs, 1, memory_order_acq_rel) == 1)
		value->destroy(value);
}
