/* dns_text.h: TXT records and mail exchangers of a name, by the system's resolver or by a server that is named. */
#ifndef APP_DNS_TEXT_H
#define APP_DNS_TEXT_H

#include "base/arena.h"
#include "base/err.h"

#define DNS_TEXTS 32

/* server: ADDRESS or ADDRESS:PORT (IPv4), NULL: the system's. The texts lie in the arena, the strings of each joined.
 * ERR_NONE with *n 0: the name has none. ERR_BUSY: no answer; ERR_INVALID: no such server address. */
enum err dns_texts(struct arena *a, const char *server, const char *name, struct str out[DNS_TEXTS],
    size_t *n, struct fault *f);
/* Whether mail can be delivered to the domain: an MX record that is not the null one (RFC 7505), or an address. */
enum err dns_takes_mail(const char *server, const char *domain, bool *out, struct fault *f);

#endif
