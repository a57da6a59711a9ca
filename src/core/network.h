/* network.h: which of many networks an address lies in: the longest prefix that holds it. Pure; immutable once built. */
#ifndef CORE_NETWORK_H
#define CORE_NETWORK_H

#include "format/cidr.h"

#define NETWORK_NONE UINT32_MAX
#define NETWORKS_MAX ((size_t)1 << 24)

struct networks;

/* nets: in the order of network_sort, each once. Rule i is nets[i]; parents[i] (may be NULL) gets the rule that holds it next,
 * or NETWORK_NONE. ERR_MEMORY; ERR_INVALID when they are not sorted; ERR_TOO_LARGE. */
enum err networks_build(struct networks **out, const struct cidr *nets, size_t n, uint32_t *parents);
void networks_free(struct networks *nw); /* NULL is fine */

/* The rule of the longest prefix, or NETWORK_NONE. */
uint32_t networks_find(const struct networks *nw, struct cidr_address address);

/* For qsort: by first address, wider ones first. */
int network_cmp(const void *a, const void *b);

#endif
