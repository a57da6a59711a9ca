/* form.c: the fields of a form. */
#include "format/form.h"

#include "format/http.h"
#include "format/url.h"

#define BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */

/* Text that a person may have typed: UTF-8, no control byte but tab, CR and LF. */
static bool
is_text(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f)
			return false;
	}
	return str_is_utf8(s);
}

static enum err
decode(struct str s, struct arena *a, struct str *out)
{
	char *p;

	*out = s;
	if (str_has(s, '%') || str_has(s, '+')) {
		p = arena_alloc(a, s.len);
		if (p == NULL)
			return ERR_MEMORY;
		if (!url_unescape(s, true, p, &out->len))
			return ERR_INVALID;
		out->at = p;
	}
	return is_text(*out) ? ERR_NONE : ERR_INVALID;
}

enum err
form_parse(struct str body, struct arena *a, struct form *out)
{
	struct str pair, name;
	enum err e = ERR_NONE;

	out->n = 0;
	while (str_split(&body, '&', &pair)) {
		struct form_field *f = &out->fields[out->n];

		if (pair.len == 0)
			continue;
		if (out->n == FORM_FIELDS)
			return ERR_TOO_LARGE;
		(void)str_split(&pair, '=', &name);
		if (pair.at == NULL)
			pair = STR_NONE;
		if ((e = decode(name, a, &f->name)) != ERR_NONE ||
		    (e = decode(pair, a, &f->value)) != ERR_NONE)
			return e;
		out->n++;
	}
	return ERR_NONE;
}

/* What stands between two delimiters. */
struct part {
	struct str name, content;
	bool is_file;
};

static bool
starts_nocase(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq_nocase(str_slice(s, 0, prefix.len), prefix);
}

/* Reads the header lines of a part, and leaves in *s what follows the empty line. */
static bool
read_part_headers(struct str *s, struct part *p)
{
	const struct str disposition = STR("Content-Disposition:");
	struct str file;

	*p = (struct part){.name = {NULL, 0}};
	for (;;) {
		size_t end = str_find(*s, STR("\r\n"));
		struct str line = str_slice(*s, 0, end);

		if (end == s->len)
			return false;
		*s = str_slice(*s, end + 2, s->len);
		if (line.len == 0)
			return p->name.at != NULL;
		if (!starts_nocase(line, disposition))
			continue;
		line = str_slice(line, disposition.len, line.len);
		if (!http_media_is(line, STR("form-data")) || !http_media_param(line, STR("name"), &p->name))
			return false;
		p->is_file = http_media_param(line, STR("filename"), &file) ||
		             http_media_param(line, STR("filename*"), &file);
	}
}

/* Takes what stands before "\r\n--boundary" off *s and the delimiter with it; false when there is none. */
static bool
read_part_content(struct str *s, struct str delimiter, struct str *content)
{
	size_t end = str_find(*s, delimiter);

	if (end == s->len)
		return false;
	*content = str_slice(*s, 0, end);
	*s = str_slice(*s, end + delimiter.len, s->len);
	return true;
}

static enum err
read_part(struct str *s, struct str delimiter, struct form *out)
{
	struct part p;

	if (!str_starts(*s, STR("\r\n")))
		return ERR_INVALID;
	*s = str_slice(*s, 2, s->len);
	if (!read_part_headers(s, &p) || !read_part_content(s, delimiter, &p.content))
		return ERR_INVALID;
	if (p.is_file)
		return ERR_NONE;
	if (!is_text(p.name) || !is_text(p.content))
		return ERR_INVALID;
	if (out->n == FORM_FIELDS)
		return ERR_TOO_LARGE;
	out->fields[out->n++] = (struct form_field){p.name, p.content};
	return ERR_NONE;
}

enum err
form_parse_multipart(struct str body, struct str boundary, struct form *out)
{
	char bytes[4 + BOUNDARY_MAX] = "\r\n--";
	struct str delimiter = {bytes, 4 + boundary.len};
	size_t parts = 0;
	enum err e;

	out->n = 0;
	if (boundary.len == 0 || boundary.len > BOUNDARY_MAX)
		return ERR_INVALID;
	for (size_t i = 0; i < boundary.len; i++)
		bytes[4 + i] = boundary.at[i];
	if (!str_starts(body, str_slice(delimiter, 2, delimiter.len)))
		return ERR_INVALID;
	body = str_slice(body, delimiter.len - 2, body.len);
	while (!str_starts(body, STR("--"))) {
		if (++parts > FORM_FIELDS)
			return ERR_TOO_LARGE;
		if ((e = read_part(&body, delimiter, out)) != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

enum err
form_parse_body(struct str content_type, struct str body, struct arena *a, struct form *out)
{
	struct str boundary;

	out->n = 0;
	if (http_media_is(content_type, STR("application/x-www-form-urlencoded")))
		return form_parse(body, a, out);
	if (http_media_is(content_type, STR("multipart/form-data")) &&
	    http_media_param(content_type, STR("boundary"), &boundary))
		return form_parse_multipart(body, boundary, out);
	return ERR_INVALID;
}

bool
form_get(const struct form *f, const char *name, struct str *value)
{
	struct str wanted = str_of(name);
	size_t found = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (!str_eq(f->fields[i].name, wanted))
			continue;
		*value = f->fields[i].value;
		found++;
	}
	return found == 1;
}
