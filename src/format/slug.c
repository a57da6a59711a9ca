/* slug.c: titles to addresses, over utf8proc's folding. */
#include "format/slug.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* What compatibility decomposition leaves whole. ß is folded to ss by utf8proc itself. */
static const struct fold {
	int32_t code;
	const char *ascii;
} folds[] = {
    {0x00e6, "ae"}, /* æ */
    {0x00f8, "o"},  /* ø */
    {0x00f0, "d"},  /* ð */
    {0x0111, "d"},  /* đ */
    {0x00fe, "th"}, /* þ */
    {0x0142, "l"},  /* ł */
    {0x0131, "i"},  /* ı */
    {0x0153, "oe"}, /* œ */
    {0x20ac, "-euros-"},
};

struct slug {
	char *out;
	size_t len;
	size_t word; /* where the last whole word ends */
	bool full;
};

static void
slug_put(struct slug *s, char c)
{
	if (c == '-' && (s->len == 0 || s->out[s->len - 1] == '-'))
		return;
	if (c == '-')
		s->word = s->len;
	if (s->len == SLUG_MAX) {
		s->full = true;
		return;
	}
	s->out[s->len++] = c;
}

static void
slug_put_code(struct slug *s, int32_t code)
{
	if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')) {
		slug_put(s, (char)code);
		return;
	}
	for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
		if (folds[i].code == code) {
			for (const char *p = folds[i].ascii; *p != '\0'; p++)
				slug_put(s, *p);
			return;
		}
	slug_put(s, '-');
}

size_t
slug_make(struct str text, char out[SLUG_MAX + 1])
{
	struct slug s = {.out = out};
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n, used = 0;

	out[0] = '\0';
	if (text.len == 0 || text.len > 4096)
		return 0;
	n = utf8proc_map((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.len, &folded,
	    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | UTF8PROC_COMPAT);
	while (n > used && !s.full) {
		utf8proc_int32_t code = -1;
		utf8proc_ssize_t step = utf8proc_iterate(folded + used, n - used, &code);

		if (step <= 0)
			break;
		slug_put_code(&s, code);
		used += step;
	}
	free(folded);
	if (s.full && s.word > 0)
		s.len = s.word;
	while (s.len > 0 && out[s.len - 1] == '-')
		s.len--;
	out[s.len] = '\0';
	return s.len;
}

bool
slug_valid(struct str s)
{
	if (s.len == 0 || s.len > SLUG_MAX || s.at[0] == '-' || s.at[s.len - 1] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && s.at[i - 1] != '-')))
			return false;
	}
	return true;
}
