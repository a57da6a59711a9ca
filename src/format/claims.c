/* claims.c: a reader for the few lines of JSON that tokens carry; JSON beyond them is refused (RFC 8259). */
#include "format/claims.h"

#include "base/clock.h"

/* What stands next after white space (RFC 8259, 2). */
static bool
next_is(struct str *s, char c)
{
	while (s->len > 0 && (s->at[0] == ' ' || s->at[0] == '\t' || s->at[0] == '\r' || s->at[0] == '\n'))
		*s = str_slice(*s, 1, s->len);
	return s->len > 0 && s->at[0] == c;
}

static bool
take(struct str *s, char c)
{
	if (!next_is(s, c))
		return false;
	*s = str_slice(*s, 1, s->len);
	return true;
}

static bool
take_text(struct str *s, struct str *out)
{
	size_t end;

	if (!take(s, '"'))
		return false;
	end = str_find(*s, STR("\""));
	if (end == s->len)
		return false;
	*out = str_slice(*s, 0, end);
	*s = str_slice(*s, end + 1, s->len);
	return !str_has(*out, '\\') && !str_has_control(*out) && str_is_utf8(*out);
}

/* Digits with an optional minus and no leading zero; the range is checked when the number is asked for. */
static bool
take_number(struct str *s, struct str *out)
{
	size_t sign = s->len > 0 && s->at[0] == '-' ? 1 : 0;
	size_t n = sign;

	while (n < s->len && s->at[n] >= '0' && s->at[n] <= '9')
		n++;
	if (n == sign || (n > sign + 1 && s->at[sign] == '0'))
		return false;
	*out = str_slice(*s, 0, n);
	*s = str_slice(*s, n, s->len);
	return true;
}

static const struct claim *
find(const struct claims *claims, struct str name)
{
	for (size_t i = 0; i < claims->count; i++)
		if (str_eq(claims->list[i].name, name))
			return &claims->list[i];
	return NULL;
}

static bool
take_member(struct str *s, struct claims *claims)
{
	struct claim claim = {.text = false};

	if (claims->count == CLAIMS_MOST || !take_text(s, &claim.name) || find(claims, claim.name) != NULL ||
	    !take(s, ':'))
		return false;
	claim.text = next_is(s, '"');
	if (claim.text ? !take_text(s, &claim.value) : !take_number(s, &claim.value))
		return false;
	claims->list[claims->count++] = claim;
	return true;
}

bool
claims_read(struct str json, struct claims *out)
{
	struct str s = json;

	out->count = 0;
	if (!take(&s, '{'))
		return false;
	if (!take(&s, '}')) {
		do
			if (!take_member(&s, out))
				return false;
		while (take(&s, ','));
		if (!take(&s, '}'))
			return false;
	}
	return str_trim(s).len == 0;
}

bool
claims_text(const struct claims *claims, struct str name, struct str *out)
{
	const struct claim *claim = find(claims, name);

	if (claim == NULL || !claim->text)
		return false;
	*out = claim->value;
	return true;
}

bool
claims_int(const struct claims *claims, struct str name, int64_t min, int64_t max, int64_t *out)
{
	const struct claim *claim = find(claims, name);

	return claim != NULL && !claim->text && str_to_int(claim->value, min, max, out);
}

/* clock_parse also reads local times; in a token only a moment that is the same everywhere will do. */
bool
claims_time(const struct claims *claims, struct str name, int64_t *out)
{
	struct str s;

	if (!claims_text(claims, name, &s) || s.len < 20 || (s.at[10] != 'T' && s.at[10] != 't') ||
	    s.at[16] != ':')
		return false;
	if (s.at[s.len - 1] != 'Z' && s.at[s.len - 1] != 'z' && s.at[s.len - 6] != '+' &&
	    s.at[s.len - 6] != '-')
		return false;
	return clock_parse(s, out);
}
