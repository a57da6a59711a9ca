/* ranges.h: the address ranges that a search engine publishes. */
#ifndef FORMAT_RANGES_H
#define FORMAT_RANGES_H

#include "base/arena.h"
#include "format/cidr.h"

#define RANGES_MAX 20000

/* {"prefixes": [{"ipv4Prefix": "66.249.64.0/27"}, {"ipv6Prefix": "2001:4860:4801:10::/64"}, …]}, as Google, Bing and others
 * write it. All or nothing: ERR_INVALID when one is no network, or wider than /16, /32. */
enum err ranges_read(struct arena *a, struct str text, struct cidr **out, size_t *n, struct fault *f);

#endif
