/* message.c: headers, then two parts. */
#include "format/message.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "format/mime.h"

#define ID_MOST 40

static bool
id_ok(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!((id.at[i] >= 'a' && id.at[i] <= 'z') || (id.at[i] >= 'A' && id.at[i] <= 'Z') ||
		        (id.at[i] >= '0' && id.at[i] <= '9') || id.at[i] == '-'))
			return false;
	return id.len >= 8 && id.len <= ID_MOST;
}

/* RFC 5322 3.3: the HTTP date with its zone written as an offset. */
static void
put_date(struct buf *out, int64_t at)
{
	char text[CLOCK_TEXT];

	clock_http(at, text);
	text[strlen(text) - strlen("GMT")] = '\0';
	buf_printf(out, "Date: %s+0000\r\n", text);
}

/* The domain of an address that was checked. */
static struct str
domain_of(struct str address)
{
	return str_slice(address, str_find(address, STR("@")) + 1, address.len);
}

static enum err
put_head(struct buf *out, const struct message *m, struct fault *f)
{
	put_date(out, m->at);
	if (!mime_header_address(out, "From", m->from_name, m->from))
		return fault_set(
		    f, ERR_INVALID, "mail: the sender is no address, or its name is not plain text");
	if (!mime_header_address(out, "To", STR_NONE, m->to))
		return fault_set(f, ERR_INVALID, "mail: the recipient is no address");
	if (!mime_header_text(out, "Subject", m->subject))
		return fault_set(f, ERR_INVALID, "mail: the subject is not one line of text");
	buf_printf(
	    out, "Message-ID: <" STR_FMT "@" STR_FMT ">\r\n", STR_ARG(m->id), STR_ARG(domain_of(m->from)));
	if (m->automatic)
		buf_puts(out, "Auto-Submitted: auto-generated\r\n");
	return ERR_NONE;
}

static enum err
put_list(struct buf *out, const struct message *m, struct fault *f)
{
	char id[280], unsubscribe[900];
	int n = snprintf(id, sizeof id, "<" STR_FMT ">", STR_ARG(m->list_id));
	int u = snprintf(unsubscribe, sizeof unsubscribe, "<" STR_FMT ">", STR_ARG(m->unsubscribe));

	if (m->list_id.len == 0 && m->unsubscribe.len == 0)
		return ERR_NONE;
	/* RFC 8058 3.1: one https address. http is for the demo on this machine only, where there is no other. */
	if (str_has_control(m->list_id) || str_has_control(m->unsubscribe) || n < 3 ||
	    (size_t)n >= sizeof id || u < 12 || (size_t)u >= sizeof unsubscribe ||
	    (!str_starts(m->unsubscribe, STR("https://")) &&
	        !str_starts(m->unsubscribe, STR("http://localhost"))) ||
	    strpbrk(unsubscribe + 1, "<, \t") != NULL || !mime_header_plain(out, "List-Id", str_of(id)) ||
	    !mime_header_plain(out, "List-Unsubscribe", str_of(unsubscribe)))
		return fault_set(
		    f, ERR_INVALID, "mail: a newsletter needs a list and an https address to leave it");
	buf_puts(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\n");
	return ERR_NONE;
}

static void
put_part(struct buf *out, struct str boundary, const char *type, struct str body)
{
	buf_printf(out,
	    "--=_" STR_FMT "\r\nContent-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    STR_ARG(boundary), type);
	mime_quoted_printable(out, body);
}

enum err
message_write(struct buf *out, const struct message *m, struct fault *f)
{
	size_t start = out->len;
	enum err e = ERR_NONE;

	if (!id_ok(m->id))
		e = fault_set(f, ERR_INVALID, "mail: the id is not 8 to %d letters and digits", ID_MOST);
	if (e == ERR_NONE && (str_has(m->text, '\0') || str_has(m->html, '\0') || !str_is_utf8(m->text) ||
	                         !str_is_utf8(m->html)))
		e = fault_set(f, ERR_INVALID, "mail: a part is not text");
	if (e == ERR_NONE)
		e = put_head(out, m, f);
	if (e == ERR_NONE)
		e = put_list(out, m, f);
	if (e != ERR_NONE) {
		out->len = start;
		return e;
	}
	/* "=_" cannot stand in quoted-printable text (RFC 2045 6.7 (5)), so no part can hold the boundary */
	buf_printf(out,
	    "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_" STR_FMT "\"\r\n\r\n",
	    STR_ARG(m->id));
	put_part(out, m->id, "plain", m->text);
	put_part(out, m->id, "html", m->html);
	buf_printf(out, "--=_" STR_FMT "--\r\n", STR_ARG(m->id));
	return out->failed ? fault_set(f, ERR_MEMORY, "no memory for a mail") : ERR_NONE;
}
