/* message.h: one mail as the bytes that a mail server takes: text and HTML as alternatives. RFC 5322, 2046, 8058. */
#ifndef FORMAT_MESSAGE_H
#define FORMAT_MESSAGE_H

#include "base/buf.h"
#include "base/err.h"

struct message {
	struct str from_name, from; /* who writes: display name (may be empty) and address */
	struct str to, subject;
	struct str id;          /* letters and digits, one of a kind: becomes Message-ID and part boundary */
	int64_t at;             /* Date */
	struct str text, html;  /* the same in both forms, any line ends */
	bool automatic;         /* Auto-Submitted: auto-generated (RFC 3834) */
	struct str list_id;     /* newsletters: "mairies.example.org" (RFC 2919); empty for other mail */
	struct str unsubscribe; /* https address of one recipient and list (RFC 8058) */
};

/* Appends the message, CRLF at each line's end, no line over 998 bytes. ERR_INVALID: an address that is none, control
 * characters or wrong UTF-8 in a header, a NUL in a part; f says which. ERR_MEMORY. */
enum err message_write(struct buf *out, const struct message *m, struct fault *f);

#endif
