/* memo_page.h: the values that the tests of base/memo keep, counted. */
#ifndef TESTS_MEMO_PAGE_H
#define TESTS_MEMO_PAGE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/memo.h"

struct page {
	struct memo_value head;
	int64_t number;
};

static _Atomic int64_t alive; /* pages made and not yet destroyed */

static void
page_destroy(struct memo_value *v)
{
	atomic_fetch_sub(&alive, 1);
	free(v);
}

static struct memo_value *
page_new(int64_t number, size_t cost)
{
	struct page *p = malloc(sizeof *p);

	if (p == NULL)
		abort();
	p->head.refs = 1;
	p->head.cost = cost;
	p->head.destroy = page_destroy;
	p->number = number;
	atomic_fetch_add(&alive, 1);
	return &p->head;
}

static int64_t
number_of(const struct memo_value *v)
{
	return ((const struct page *)(const void *)v)->number;
}

static struct str
key_of(int64_t n, char text[32])
{
	return (struct str){text, (size_t)snprintf(text, 32, "/section/article-%lld", (long long)n)};
}

static struct memo *
memo_new(size_t budget, unsigned wait_ms)
{
	struct memo *m;

	assert_int_equal(memo_open(&m, budget, wait_ms), ERR_NONE);
	return m;
}

static void
memo_end(struct memo *m)
{
	memo_close(m);
	assert_int_equal(atomic_load(&alive), 0);
}

#endif
