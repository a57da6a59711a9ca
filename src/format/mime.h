/* mime.h: text made fit for mail: quoted-printable, encoded words, folded headers, addresses. RFC 2045, 2047, 5322. */
#ifndef FORMAT_MIME_H
#define FORMAT_MIME_H

#include "base/buf.h"

/* One address as local@domain that no mail server can take for anything else: dot-atoms of RFC 5322 3.2.3, a domain of
 * letters, digits and hyphens with a dot, at most 254 bytes. */
bool mime_address(struct str s);

/* Text as quoted-printable (RFC 2045 6.7) with CRLF line ends, whatever the line ends were; lines of at most 76. */
void mime_quoted_printable(struct buf *out, struct str text);

/* "Name: text", folded, CRLF. Text beyond ASCII becomes encoded words of at most 75 octets, parted between characters
 * (RFC 2047). False: text holds control characters or is not UTF-8; nothing is written. */
bool mime_header_text(struct buf *out, const char *name, struct str text);

/* "Name: display name <address>". False as above, or when the address is none. */
bool mime_header_address(struct buf *out, const char *name, struct str display, struct str address);

/* "Name: value" of printable ASCII, folded after the colon when it is long. */
bool mime_header_plain(struct buf *out, const char *name, struct str value);

#endif
