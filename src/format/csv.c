/* csv.c: one pass over the text, a row at a time. */
#include "format/csv.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

void
csv_start(struct csv *csv, struct str text)
{
	size_t commas = 0, semicolons = 0;

	if (str_starts(text, STR(BOM)))
		text = str_slice(text, 3, text.len);
	for (size_t i = 0; i < text.len && text.at[i] != '\n'; i++) {
		commas += text.at[i] == ',';
		semicolons += text.at[i] == ';';
	}
	*csv = (struct csv){.rest = text, .separator = semicolons > commas ? ';' : ',', .line = 1};
}

static void
skip(struct csv *csv, size_t n)
{
	for (size_t i = 0; i < n; i++)
		csv->line += csv->rest.at[i] == '\n';
	csv->rest = str_slice(csv->rest, n, csv->rest.len);
}

/* "…" with doubled quotes inside; the rest stands behind the closing one. */
static enum err
quoted_field(struct csv *csv, struct arena *a, struct str *out, struct fault *f)
{
	struct str in = csv->rest;
	char *to = arena_alloc(a, in.len > 0 ? in.len : 1), *at = to;
	size_t i = 1;

	if (to == NULL)
		return fault_set(f, ERR_MEMORY, "the row is too long");
	for (; i < in.len; i++) {
		if (in.at[i] == '"' && (i + 1 == in.len || in.at[i + 1] != '"'))
			break;
		i += in.at[i] == '"';
		*at++ = in.at[i];
	}
	if (i == in.len) {
		skip(csv, i);
		return fault_set(f, ERR_INVALID, "a quoted field does not end");
	}
	skip(csv, i + 1);
	*out = (struct str){to, (size_t)(at - to)};
	return ERR_NONE;
}

/* How long the field at the beginning may be: up to a separator or the end of the line. */
static size_t
field_length(const struct csv *csv)
{
	size_t n = 0;

	while (n < csv->rest.len && csv->rest.at[n] != csv->separator && csv->rest.at[n] != '\n')
		n++;
	return n;
}

static enum err
next_field(struct csv *csv, struct arena *a, struct str *out, struct fault *f)
{
	enum err e = ERR_NONE;
	bool quoted = csv->rest.len > 0 && csv->rest.at[0] == '"';
	struct str plain;

	if (quoted && (e = quoted_field(csv, a, out, f)) != ERR_NONE)
		return e;
	plain = str_slice(csv->rest, 0, field_length(csv));
	skip(csv, plain.len);
	plain = str_trim(plain);
	if (quoted && plain.len > 0)
		return fault_set(f, ERR_INVALID, "text stands behind a closing quote");
	if (!quoted && str_has(plain, '"'))
		return fault_set(
		    f, ERR_INVALID, "a quote stands inside a field; quote the whole and double it");
	*out = quoted ? str_trim(*out) : plain;
	return ERR_NONE;
}

static void
skip_line(struct csv *csv)
{
	const char *end = csv->rest.len > 0 ? memchr(csv->rest.at, '\n', csv->rest.len) : NULL;

	skip(csv, end == NULL ? csv->rest.len : (size_t)(end - csv->rest.at) + 1);
}

enum err
csv_row(struct csv *csv, struct arena *a, struct str *fields, size_t max, size_t *n, size_t *line,
    struct fault *f)
{
	enum err e = ERR_NONE;

	while (csv->rest.len > 0 && str_trim(str_slice(csv->rest, 0, field_length(csv))).len == 0 &&
	       (field_length(csv) == csv->rest.len || csv->rest.at[field_length(csv)] == '\n'))
		skip_line(csv);
	*n = 0;
	*line = csv->line;
	if (csv->rest.len == 0)
		return ERR_NOT_FOUND;
	for (;;) {
		if (*n == max)
			e = fault_set(f, ERR_INVALID, "more than %zu columns", max);
		else
			e = next_field(csv, a, &fields[(*n)++], f);
		if (e != ERR_NONE || csv->rest.len == 0 || csv->rest.at[0] != csv->separator)
			break;
		skip(csv, 1);
	}
	skip_line(csv);
	return e;
}

static bool
is_number(struct str s)
{
	bool digits = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] >= '0' && s.at[i] <= '9')
			digits = true;
		else if (i > 0 || s.at[i] != '-')
			return false;
	}
	return digits;
}

void
csv_put(struct buf *out, struct str cell)
{
	static const char formula[] = "=+-@\t\r\n";
	bool guard = cell.len > 0 && str_has(str_of(formula), cell.at[0]) && !is_number(cell);
	bool quote = guard || str_has(cell, ',') || str_has(cell, ';') || str_has(cell, '"') ||
	             str_has(cell, '\n') || str_has(cell, '\r');

	if (quote)
		buf_putc(out, '"');
	if (guard)
		buf_putc(out, '\'');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.at[i] == '"')
			buf_putc(out, '"');
		buf_putc(out, cell.at[i]);
	}
	if (quote)
		buf_putc(out, '"');
}
