/* dns_text.c: questions to DNS by libresolv. */
#include "app/dns_text.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_BYTES NS_MAXMSG /* the resolver tells the length of all that came, also of what had no room */
#define TIMEOUT_S 3

static enum err
use_server(struct __res_state *state, const char *server, struct fault *f)
{
	char host[64];
	int64_t port = NS_DEFAULTPORT;
	struct str rest = str_of(server), address;

	if (server == NULL)
		return ERR_NONE;
	(void)str_split(&rest, ':', &address);
	(void)snprintf(host, sizeof host, STR_FMT, STR_ARG(address));
	if ((rest.at != NULL && !str_to_int(rest, 1, UINT16_MAX, &port)) ||
	    inet_pton(AF_INET, host, &state->nsaddr_list[0].sin_addr) != 1)
		return fault_set(
		    f, ERR_INVALID, "%s: write the server as 192.0.2.53 or 192.0.2.53:5353", server);
	state->nsaddr_list[0].sin_family = AF_INET;
	state->nsaddr_list[0].sin_port = htons((uint16_t)port);
	state->nscount = 1;
	return ERR_NONE;
}

/* ERR_NOT_FOUND: the name, or the name with this type, is not there. */
static enum err
ask(const char *server, const char *name, int type, unsigned char answer[ANSWER_BYTES], ns_msg *out,
    struct fault *f)
{
	struct __res_state state = {.options = 0};
	enum err e;
	int n, why;

	if (res_ninit(&state) != 0)
		return fault_set(f, ERR_INTERNAL, "the resolver does not start");
	state.retrans = TIMEOUT_S;
	state.retry = 2;
	if ((e = use_server(&state, server, f)) != ERR_NONE) {
		res_nclose(&state);
		return e;
	}
	n = res_nquery(&state, name, ns_c_in, type, answer, ANSWER_BYTES);
	why = state.res_h_errno;
	res_nclose(&state);
	if (n < 0 && (why == HOST_NOT_FOUND || why == NO_DATA))
		return ERR_NOT_FOUND;
	if (n < 0)
		return fault_set(f, ERR_BUSY, "no answer from DNS about %s", name);
	return ns_initparse(answer, n, out) == 0
	           ? ERR_NONE
	           : fault_set(f, ERR_BUSY, "DNS answers %s without sense", name);
}

/* RFC 1035 3.3.14: strings, each behind its length. */
static struct str
join(struct arena *a, const unsigned char *data, size_t n)
{
	char *text = arena_alloc(a, n + 1);
	size_t len = 0, at = 0;

	while (text != NULL && at < n && at + 1 + data[at] <= n) {
		memcpy(text + len, data + at + 1, data[at]);
		len += data[at];
		at += (size_t)1 + data[at];
	}
	for (size_t i = 0; text != NULL && i < len; i++)
		if ((unsigned char)text[i] < ' ' ||
		    (unsigned char)text[i] > '~') /* for the terminal's sake */
			text[i] = '?';
	return (struct str){text, len};
}

enum err
dns_texts(struct arena *a, const char *server, const char *name, struct str out[DNS_TEXTS], size_t *n,
    struct fault *f)
{
	unsigned char answer[ANSWER_BYTES];
	ns_msg message;
	enum err e = ask(server, name, ns_t_txt, answer, &message, f);

	*n = 0;
	if (e != ERR_NONE)
		return e == ERR_NOT_FOUND ? ERR_NONE : e;
	for (int i = 0; i < ns_msg_count(message, ns_s_an) && *n < DNS_TEXTS; i++) {
		ns_rr rr;

		if (ns_parserr(&message, ns_s_an, i, &rr) != 0 || ns_rr_type(rr) != ns_t_txt)
			continue; /* a CNAME on the way */
		out[*n] = join(a, ns_rr_rdata(rr), ns_rr_rdlen(rr));
		if (out[(*n)++].at == NULL)
			return fault_set(f, ERR_MEMORY, "no memory for DNS");
	}
	return ERR_NONE;
}

/* RFC 7505: preference, then the root. */
static bool
is_null_mx(const ns_rr *rr)
{
	return ns_rr_rdlen(*rr) == 3 && ns_rr_rdata(*rr)[2] == 0;
}

enum err
dns_takes_mail(const char *server, const char *domain, bool *out, struct fault *f)
{
	static const int types[] = {ns_t_mx, ns_t_a, ns_t_aaaa};

	*out = false;
	for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
		unsigned char answer[ANSWER_BYTES];
		ns_msg message;
		enum err e = ask(server, domain, types[t], answer, &message, f);

		if (e != ERR_NONE && e != ERR_NOT_FOUND)
			return e;
		for (int i = 0; e == ERR_NONE && i < ns_msg_count(message, ns_s_an); i++) {
			ns_rr rr;

			if (ns_parserr(&message, ns_s_an, i, &rr) != 0 || (int)ns_rr_type(rr) != types[t])
				continue;
			if (types[t] == ns_t_mx && is_null_mx(&rr))
				return ERR_NONE;
			*out = true;
			return ERR_NONE;
		}
	}
	return ERR_NONE;
}
