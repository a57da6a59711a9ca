/* front.c: the two lines of dashes. */
#include "format/front.h"

#define HEAD_MAX ((size_t)64 << 10)
#define BODY_MAX ((size_t)256 << 10)

/* CR LF becomes LF. */
static enum err
take_body(struct arena *a, struct str body, struct str *out)
{
	char *copy = arena_alloc(a, body.len + 1);
	size_t n = 0;

	if (copy == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < body.len; i++)
		if (body.at[i] != '\r' || i + 1 == body.len || body.at[i + 1] != '\n')
			copy[n++] = body.at[i];
	copy[n] = '\0';
	*out = (struct str){copy, n};
	return ERR_NONE;
}

/* Finds the second line of dashes; *rest is left behind it. */
static enum err
take_head(struct str *rest, const char *label, struct front *out, struct fault *f)
{
	unsigned number = 1;
	struct str line;

	if (!str_split(rest, '\n', &line) || !str_eq(str_trim(line), STR("---")))
		return fault_set(f, ERR_INVALID,
		    "%s:1: the file begins with a line ---, then title: … and the other keys, then --- again",
		    label);
	out->head.at = rest->at;
	while (str_split(rest, '\n', &line)) {
		number++;
		if (!str_is_utf8(line))
			return fault_set(f, ERR_INVALID, "%s:%u: not UTF-8: save the file in that encoding",
			    label, number);
		if (!str_eq(str_trim(line), STR("---")) || line.at[0] != '-')
			continue;
		out->head.len = (size_t)(line.at - out->head.at);
		out->body_line = number + 1;
		return ERR_NONE;
	}
	return fault_set(f, ERR_INVALID, "%s:%u: the line --- that ends the keys is missing", label, number);
}

enum err
front_split(struct arena *a, struct str source, const char *label, struct front *out, struct fault *f)
{
	struct str rest = source;
	enum err e;

	*out = (struct front){STR_NONE, STR_NONE, 1};
	if (str_starts(source, STR("\xef\xbb\xbf")))
		rest = str_slice(source, 3, source.len);
	if ((e = take_head(&rest, label, out, f)) != ERR_NONE)
		return e;
	if (out->head.len > HEAD_MAX)
		return fault_set(f, ERR_INVALID, "%s:1: more than 64 KiB before the text", label);
	if (rest.at != NULL && take_body(a, rest, &out->body) != ERR_NONE)
		return fault_set(f, ERR_MEMORY, "%s:1: no memory", label);
	if (out->body.len > BODY_MAX)
		return fault_set(f, ERR_TOO_LARGE,
		    "%s:%u: the text has %zu bytes, at most %zu (256 KiB) are allowed", label, out->body_line,
		    out->body.len, BODY_MAX);
	return ERR_NONE;
}
