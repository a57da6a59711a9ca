/* log.c: logfmt lines on stderr. */
#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define VALUE_BYTES 500

static _Atomic int highest_level = LOG_LEVEL_INFO;
static _Atomic uint64_t dropped;

struct line {
	char text[LINE_BYTES];
	size_t len;
};

void
log_set_level(struct str name)
{
	static const struct {
		const char *name;
		enum log_level level;
	} levels[] = {{"error", LOG_LEVEL_ERROR}, {"warning", LOG_LEVEL_WARNING}, {"debug", LOG_LEVEL_DEBUG}};
	enum log_level level = LOG_LEVEL_INFO;

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (str_eq(name, str_of(levels[i].name)))
			level = levels[i].level;
	atomic_store(&highest_level, (int)level);
}

uint64_t
log_dropped(void)
{
	return atomic_load(&dropped);
}

static void
line_add(struct line *l, const char *bytes, size_t n)
{
	if (n > sizeof l->text - 2 - l->len)
		return;
	memcpy(l->text + l->len, bytes, n);
	l->len += n;
}

static void
line_add_escaped(struct line *l, unsigned char c)
{
	char hex[5];

	if (c == '"' || c == '\\')
		line_add(l, (const char[]){'\\', (char)c}, 2);
	else if (snprintf(hex, sizeof hex, "\\x%02x", c) == 4)
		line_add(l, hex, 4);
}

/* Where to cut s at or before VALUE_BYTES, so that no character is halved. */
static size_t
value_end(struct str s)
{
	size_t end = VALUE_BYTES;

	if (s.len <= VALUE_BYTES)
		return s.len;
	while (end > VALUE_BYTES - 3 && ((unsigned char)s.at[end] & 0xc0) == 0x80)
		end--;
	return end;
}

/* Quoted when logfmt needs it. C1 controls (0xc2 0x80..0x9f) drive terminals too, so both bytes are escaped. */
static void
line_add_value(struct line *l, struct str s)
{
	bool utf8 = str_is_utf8(s), c1 = false, second;

	s = str_slice(s, 0, value_end(s));
	line_add(l, "\"", 1);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		second = c1;
		c1 = !second && c == 0xc2 && i + 1 < s.len && (unsigned char)s.at[i + 1] < 0xa0;
		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\' || (c >= 0x80 && !utf8) || c1 || second)
			line_add_escaped(l, c);
		else
			line_add(l, s.at + i, 1);
	}
	line_add(l, "\"", 1);
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] == '"' || s.at[i] == '=' || s.at[i] == '\\' || s.at[i] >= 0x7f)
			return false;
	return s.len > 0 && s.len <= VALUE_BYTES;
}

static void
line_add_field(struct line *l, const struct log_field *f)
{
	char number[24];
	int n;

	line_add(l, " ", 1);
	line_add(l, f->key, strlen(f->key));
	line_add(l, "=", 1);
	if (f->text.at == NULL) {
		n = snprintf(number, sizeof number, "%lld", (long long)f->number);
		line_add(l, number, n > 0 ? (size_t)n : 0);
	} else if (is_plain(f->text)) {
		line_add(l, f->text.at, f->text.len);
	} else {
		line_add_value(l, f->text);
	}
}

/* Apart, so that a line that is not wanted costs no room for one. */
static void
write_line(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	struct line l;
	char prefix[5];

	l.len = 0;
	if (snprintf(prefix, sizeof prefix, "<%d>", (int)level) == 3)
		line_add(&l, prefix, 3);
	line_add(&l, "event=", 6);
	line_add(&l, event, strlen(event));
	for (size_t i = 0; i < n; i++)
		line_add_field(&l, &fields[i]);
	l.text[l.len++] = '\n';
	if (write(STDERR_FILENO, l.text, l.len) != (ssize_t)l.len)
		atomic_fetch_add(&dropped, 1);
}

void
log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	if ((int)level <= atomic_load_explicit(&highest_level, memory_order_relaxed))
		write_line(level, event, fields, n);
}
