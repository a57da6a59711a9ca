/* mail_policy.h: what a domain publishes about its mail, judged: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489). */
#ifndef FORMAT_MAIL_POLICY_H
#define FORMAT_MAIL_POLICY_H

#include "base/str.h"

enum policy_mark { POLICY_GOOD, POLICY_WEAK, POLICY_BAD };

struct policy {
	enum policy_mark mark;
	const char *words;
	struct str record; /* empty: none, or more than one where only one may be */
};

/* texts: the TXT records of the name, each with its strings joined. */
struct policy policy_spf(const struct str *texts, size_t count);   /* of DOMAIN */
struct policy policy_dkim(const struct str *texts, size_t count);  /* of SELECTOR._domainkey.DOMAIN */
struct policy policy_dmarc(const struct str *texts, size_t count); /* of _dmarc.DOMAIN */

#endif
