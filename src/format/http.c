/* http.c: the words of HTTP (RFC 9110). */
#include "format/http.h"

#include <string.h>

#define CODINGS_MAX 1024

const char *
http_reason(enum status s)
{
	static const struct {
		enum status status;
		const char *reason;
	} reasons[] = {
	    {STATUS_OK, "OK"},
	    {STATUS_NO_CONTENT, "No Content"},
	    {STATUS_MOVED, "Moved Permanently"},
	    {STATUS_FOUND, "Found"},
	    {STATUS_SEE_OTHER, "See Other"},
	    {STATUS_NOT_MODIFIED, "Not Modified"},
	    {STATUS_PERMANENT, "Permanent Redirect"},
	    {STATUS_BAD_REQUEST, "Bad Request"},
	    {STATUS_FORBIDDEN, "Forbidden"},
	    {STATUS_NOT_FOUND, "Not Found"},
	    {STATUS_METHOD, "Method Not Allowed"},
	    {STATUS_CONFLICT, "Conflict"},
	    {STATUS_GONE, "Gone"},
	    {STATUS_TOO_LARGE, "Content Too Large"},
	    {STATUS_MEDIA_TYPE, "Unsupported Media Type"},
	    {STATUS_UNPROCESSABLE, "Unprocessable Content"},
	    {STATUS_TOO_MANY, "Too Many Requests"},
	    {STATUS_INTERNAL, "Internal Server Error"},
	    {STATUS_UNAVAILABLE, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].status == s)
			return reasons[i].reason;
	return "Unknown";
}

enum method
http_method(struct str s)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {
	    {"GET", METHOD_GET},
	    {"HEAD", METHOD_HEAD},
	    {"POST", METHOD_POST},
	    {"OPTIONS", METHOD_OPTIONS},
	};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (str_eq(str_of(methods[i].name), s))
			return methods[i].method;
	return METHOD_OTHER;
}

static bool
is_tchar(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool
http_token_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_tchar(s.at[i]))
			return false;
	return s.len > 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool
http_value_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return s.len == 0 || (!is_blank(s.at[0]) && !is_blank(s.at[s.len - 1]));
}

static struct str
without_weak(struct str etag)
{
	return str_starts(etag, STR("W/")) ? str_slice(etag, 2, etag.len) : etag;
}

/* Takes one entity-tag, without its W/ but with its quotes, off the list (8.8.3); false at its end or at
 * garbage. */
static bool
next_etag(struct str *list, struct str *etag)
{
	size_t i = 0;

	while (i < list->len && (is_blank(list->at[i]) || list->at[i] == ','))
		i++;
	*list = without_weak(str_slice(*list, i, list->len));
	if (list->len < 2 || list->at[0] != '"')
		return false;
	i = 1;
	while (
	    i < list->len && list->at[i] != '"' && (unsigned char)list->at[i] > 0x20 && list->at[i] != 0x7f)
		i++;
	if (i == list->len || list->at[i] != '"')
		return false;
	*etag = str_slice(*list, 0, i + 1);
	*list = str_slice(*list, i + 1, list->len);
	return true;
}

bool
http_etag_match(struct str if_none_match, struct str etag)
{
	struct str list = str_trim(if_none_match), one;

	etag = without_weak(etag);
	if (str_eq(list, STR("*")))
		return etag.len > 0;
	while (next_etag(&list, &one))
		if (str_eq(one, etag))
			return true;
	return false;
}

const char *
http_coding_name(enum coding c)
{
	return c == CODING_GZIP ? "gzip" : c == CODING_BR ? "br" : "identity";
}

/* RFC 9110 12.4.2. 1: accepted, 0: refused (q=0), -1: not a weight. */
static int
weight(struct str q)
{
	bool zero = true;

	if (q.len == 0 || q.len > 5 || (q.at[0] != '0' && q.at[0] != '1') || (q.len > 1 && q.at[1] != '.'))
		return -1;
	for (size_t i = 2; i < q.len; i++) {
		if (q.at[i] < '0' || q.at[i] > (q.at[0] == '1' ? '0' : '9'))
			return -1;
		zero = zero && q.at[i] == '0';
	}
	return q.at[0] == '1' || !zero;
}

/* Reads "gzip;q=0.5": the coding's name and its weight; false when malformed. */
static bool
read_coding(struct str part, struct str *name, int *accepted)
{
	struct str param;

	*accepted = 1;
	(void)str_split(&part, ';', name);
	*name = str_trim(*name);
	while (str_split(&part, ';', &param)) {
		param = str_trim(param);
		if (str_starts(param, STR("q=")) || str_starts(param, STR("Q=")))
			*accepted = weight(str_slice(param, 2, param.len));
		if (*accepted < 0)
			return false;
	}
	return http_token_ok(*name);
}

unsigned
http_codings(struct str accept_encoding)
{
	int accepted[CODING_COUNT] = {-1, -1, -1}, any = -1, w;
	struct str rest = accept_encoding, part, name;
	unsigned mask = 0;

	if (rest.len > CODINGS_MAX) { /* what is cut in two is not read */
		rest.len = CODINGS_MAX;
		while (rest.len > 0 && rest.at[rest.len - 1] != ',')
			rest.len--;
	}
	while (str_split(&rest, ',', &part)) {
		if (!read_coding(str_trim(part), &name, &w))
			continue;
		if (str_eq(name, STR("*")))
			any = w;
		else if (str_eq_nocase(name, STR("br")))
			accepted[CODING_BR] = w;
		else if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
			accepted[CODING_GZIP] = w;
		else if (str_eq_nocase(name, STR("identity")))
			accepted[CODING_IDENTITY] = w;
	}
	for (unsigned c = 0; c < CODING_COUNT; c++) {
		w = accepted[c] >= 0 ? accepted[c] : any >= 0 ? any : c == CODING_IDENTITY;
		mask |= w > 0 ? 1u << c : 0;
	}
	return mask != 0 ? mask : 1u << CODING_IDENTITY;
}

bool
http_media_is(struct str content_type, struct str media)
{
	struct str type = STR_NONE;

	(void)str_split(&content_type, ';', &type);
	return str_eq_nocase(str_trim(type), media);
}

/* Takes a value off *s, which starts with it: a quoted string, given without its quotes, or a token (5.6.6).
 */
static bool
next_value(struct str *s, struct str *value)
{
	bool quoted = s->len > 0 && s->at[0] == '"';
	size_t i = quoted ? 1 : 0;

	while (i < s->len && (quoted ? s->at[i] != '"' : is_tchar(s->at[i])))
		i += quoted && s->at[i] == '\\' ? 2 : 1;
	if (quoted ? i >= s->len : i == 0)
		return false;
	*value = str_slice(*s, quoted ? 1 : 0, i);
	*s = str_slice(*s, quoted ? i + 1 : i, s->len);
	return true;
}

/* Takes one "; name=value" off *s; false at the end or at garbage. */
static bool
next_param(struct str *s, struct str *name, struct str *value)
{
	size_t i = 0;

	*s = str_trim(*s);
	if (s->len == 0 || s->at[0] != ';')
		return false;
	*s = str_trim(str_slice(*s, 1, s->len));
	while (i < s->len && is_tchar(s->at[i]))
		i++;
	if (i == 0 || i == s->len || s->at[i] != '=')
		return false;
	*name = str_slice(*s, 0, i);
	*s = str_slice(*s, i + 1, s->len);
	return next_value(s, value);
}

bool
http_media_param(struct str content_type, struct str name, struct str *value)
{
	size_t semicolon = str_find(content_type, STR(";"));
	struct str rest = str_slice(content_type, semicolon, content_type.len), found;

	while (next_param(&rest, &found, value))
		if (str_eq_nocase(found, name))
			return true;
	return false;
}
