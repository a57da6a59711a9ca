/* nearest.h: "did you mean": the known name most like one that was misspelt. */
#ifndef FORMAT_NEAREST_H
#define FORMAT_NEAREST_H

#include "base/str.h"

/* Start with NEAREST_NONE, show it all candidates; best is NULL when none is like word. It keeps their pointers. */
struct nearest {
	const char *best;
	size_t distance;
};

#define NEAREST_NONE ((struct nearest){NULL, 0})

void nearest_consider(struct nearest *n, struct str word, const char *candidate);

#endif
