/* nearest.c: optimal string alignment distance: insert, delete, replace, swap neighbours. */
#include "format/nearest.h"

#define LONGEST 64

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
distance(struct str a, struct str b)
{
	size_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	for (size_t j = 0; j <= b.len; j++) {
		before[j] = 0;
		last[j] = j;
	}
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			row[j] = least(
			    least(last[j], row[j - 1]) + 1, last[j - 1] + (a.at[i - 1] != b.at[j - 1]));
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

void
nearest_consider(struct nearest *n, struct str word, const char *candidate)
{
	struct str known = str_of(candidate);
	size_t d;

	if (word.len == 0 || word.len > LONGEST || known.len > LONGEST)
		return;
	d = distance(word, known);
	if (d > 1 + word.len / 4 || (n->best != NULL && d >= n->distance))
		return;
	n->best = candidate;
	n->distance = d;
}
