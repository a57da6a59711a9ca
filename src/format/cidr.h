/* cidr.h: IP addresses and networks, IPv4 and IPv6 in one space of 128 bits. */
#ifndef FORMAT_CIDR_H
#define FORMAT_CIDR_H

#include "base/err.h"
#include "base/str.h"

#define CIDR_TEXT 64 /* room for any network as text, with its NUL */

/* Network order, as two numbers. An IPv4 address lies at ::ffff:0:0/96 (RFC 4291 2.5.5.2). */
struct cidr_address {
	uint64_t high, low;
};

struct cidr {
	struct cidr_address first; /* the lowest address */
	unsigned bits;             /* length in the space of 128 bits: 96 more than written for IPv4 */
	bool v4;
};

/* How wide a network may be: the shortest lengths, as they are written. */
struct cidr_limits {
	unsigned v4, v6;
};

/* An address as REMOTE_ADDR has it; IPv4 inside IPv6 is the IPv4 address. false: none, or of a socket. */
bool cidr_address(struct str text, struct cidr_address *out);

/* The network around an address, of so many bits as they are written; IPv4 inside IPv6 is IPv4. false: no address. */
bool cidr_around(struct str address, struct cidr_limits bits, struct cidr *out);

/* "192.0.2.0/24", "2001:db8::/48"; an address alone is a network of one. ERR_INVALID with the reason: no network, bits
 * behind the length, wider than the limits, IPv4 inside IPv6. */
enum err cidr_parse(struct str text, struct cidr_limits limits, struct cidr *out, struct fault *f);

/* The one spelling that is stored: RFC 4632, RFC 5952, always with its length. */
void cidr_text(const struct cidr *net, char out[CIDR_TEXT]);

struct cidr_address cidr_last(const struct cidr *net);
int cidr_address_cmp(struct cidr_address a, struct cidr_address b);

#endif
