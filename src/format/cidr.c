/* cidr.c: networks read strictly and written one way. */
#include "format/cidr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define V4_BITS 32
#define V6_BITS 128
#define V4_OFFSET (V6_BITS - V4_BITS)
#define V4_PREFIX ((uint64_t)0xffff << 32)

static struct cidr_address
from_bytes(const unsigned char b[16])
{
	struct cidr_address a = {0, 0};

	for (size_t i = 0; i < 8; i++) {
		a.high = a.high << 8 | b[i];
		a.low = a.low << 8 | b[8 + i];
	}
	return a;
}

/* What has to be NUL-terminated for inet_pton. *mapped: IPv4 inside IPv6. */
static bool
read_address(struct str text, struct cidr_address *out, bool *v4, bool *mapped)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	*v4 = *mapped = false;
	if (text.len == 0 || text.len >= sizeof copy || str_has(text, '\0'))
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, bytes) == 1) {
		*v4 = true;
		*out = (struct cidr_address){0, V4_PREFIX | (uint64_t)bytes[0] << 24 |
		                                    (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 |
		                                    bytes[3]};
		return true;
	}
	if (inet_pton(AF_INET6, copy, bytes) != 1)
		return false;
	*out = from_bytes(bytes);
	*mapped = str_has(text, '.') || (out->high == 0 && out->low >> 32 == 0xffff);
	return true;
}

bool
cidr_address(struct str text, struct cidr_address *out)
{
	bool v4, mapped;

	return read_address(text, out, &v4, &mapped);
}

/* The address whose first n bits are set. */
static struct cidr_address
mask(unsigned n)
{
	return (struct cidr_address){n == 0    ? 0
	                             : n >= 64 ? ~(uint64_t)0
	                                       : ~(uint64_t)0 << (64 - n),
	    n <= 64    ? 0
	    : n >= 128 ? ~(uint64_t)0
	               : ~(uint64_t)0 << (128 - n)};
}

bool
cidr_around(struct str address, struct cidr_limits bits, struct cidr *out)
{
	struct cidr_address m;
	bool mapped;

	if (!read_address(address, &out->first, &out->v4, &mapped))
		return false;
	out->v4 = out->v4 || mapped;
	out->bits = out->v4 ? bits.v4 + V4_OFFSET : bits.v6;
	m = mask(out->bits);
	out->first = (struct cidr_address){out->first.high & m.high, out->first.low & m.low};
	return true;
}

struct cidr_address
cidr_last(const struct cidr *net)
{
	struct cidr_address m = mask(net->bits);

	return (struct cidr_address){net->first.high | ~m.high, net->first.low | ~m.low};
}

int
cidr_address_cmp(struct cidr_address a, struct cidr_address b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

static enum err
check(const struct cidr *net, bool mapped, int64_t bits, struct cidr_limits limits, struct fault *f)
{
	unsigned widest = net->v4 ? limits.v4 : limits.v6;
	struct cidr_address m = mask(net->bits);

	if (mapped)
		return fault_set(
		    f, ERR_INVALID, "an IPv4 address inside an IPv6 one; write it as IPv4, as 192.0.2.0/24");
	if (!net->v4 && net->first.high == 0 && net->first.low >> 48 == 0 &&
	    (net->first.low != 1 || bits != V6_BITS))
		return fault_set(f, ERR_INVALID, "no reader has an address there");
	if (bits < widest)
		return fault_set(f, ERR_INVALID, "too wide: /%lld, at most /%u is allowed for IPv%d",
		    (long long)bits, widest, net->v4 ? 4 : 6);
	if ((net->first.high & ~m.high) != 0 || (net->first.low & ~m.low) != 0)
		return fault_set(f, ERR_INVALID,
		    "bits behind the length /%lld are set; end the address with zeros", (long long)bits);
	return ERR_NONE;
}

enum err
cidr_parse(struct str text, struct cidr_limits limits, struct cidr *out, struct fault *f)
{
	struct str rest = text, address;
	struct cidr net;
	bool mapped, with_length;
	int64_t bits, most;

	if (!str_split(&rest, '/', &address) || !read_address(address, &net.first, &net.v4, &mapped))
		return fault_set(f, ERR_INVALID, "not a network; write it as 192.0.2.0/24 or 2001:db8::/48");
	most = bits = net.v4 ? V4_BITS : V6_BITS;
	with_length = rest.at != NULL;
	if (with_length && (!str_to_int(rest, 0, most, &bits) || (rest.len > 1 && rest.at[0] == '0')))
		return fault_set(f, ERR_INVALID, "behind the / stands a length, at most %lld for IPv%d",
		    (long long)most, net.v4 ? 4 : 6);
	net.bits = (unsigned)bits + (net.v4 ? V4_OFFSET : 0);
	*out = net;
	return check(&net, mapped, bits, limits, f);
}

void
cidr_text(const struct cidr *net, char out[CIDR_TEXT])
{
	char address[INET6_ADDRSTRLEN] = "";
	unsigned char b[16];

	for (size_t i = 0; i < 8; i++) {
		b[i] = (unsigned char)(net->first.high >> (56 - 8 * i));
		b[8 + i] = (unsigned char)(net->first.low >> (56 - 8 * i));
	}
	(void)inet_ntop(net->v4 ? AF_INET : AF_INET6, net->v4 ? b + 12 : b, address, sizeof address);
	(void)snprintf(out, CIDR_TEXT, "%s/%u", address, net->bits - (net->v4 ? V4_OFFSET : 0));
}
