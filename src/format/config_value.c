/* config_value.c: the types of configuration values. Nothing is looked up: no disk, no zone database. */
#include "format/config_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/picture.h"
#include "format/teaser_limit.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* Largest first. */
static const struct unit sizes[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {NULL, 0}};
static const struct unit durations[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {NULL, 0}};

bool
config_kind_is_text(enum config_kind kind)
{
	return kind <= CONFIG_TEASER;
}

static enum err
refuse(struct str value, const char *what, struct fault *f)
{
	return fault_set(f, ERR_INVALID, "\"%.*s%s\" is not %s", (int)(value.len > 80 ? 80 : value.len),
	    value.at, value.len > 80 ? "…" : "", what);
}

static void
write_number(char out[32], int64_t n, const struct unit *unit)
{
	while (unit->name != NULL && (n == 0 || n % unit->factor != 0))
		unit++;
	(void)snprintf(out, 32, "%" PRId64 "%s", unit->name == NULL ? n : n / unit->factor,
	    unit->name == NULL ? "" : unit->name);
}

static enum err
refuse_number(struct str value, struct config_limits limits, const struct unit *units, struct fault *f)
{
	static const struct unit none[] = {{NULL, 0}};
	const char *what = limits.kind == CONFIG_SIZE       ? "a size"
	                   : limits.kind == CONFIG_DURATION ? "a duration"
	                                                    : "a whole number";
	const char *how = limits.kind == CONFIG_SIZE       ? "; write a whole number with KiB, MiB or GiB"
	                  : limits.kind == CONFIG_DURATION ? "; write a whole number with s, m, h or d"
	                                                   : "";
	char least[32], most[32], sentence[160];

	write_number(least, limits.min, units == NULL ? none : units);
	write_number(most, limits.max, units == NULL ? none : units);
	(void)snprintf(sentence, sizeof sentence, "%s from %s to %s%s", what, least, most, how);
	return refuse(value, sentence, f);
}

/* Digits and one of the units; sizes may go without one and are bytes then. */
static bool
read_with_unit(
    struct str value, const struct unit *units, bool bare, struct config_limits limits, int64_t *out)
{
	int64_t factor = bare ? 1 : 0, n;
	struct str digits = value;

	for (; units->name != NULL; units++)
		if (str_ends(value, str_of(units->name))) {
			digits = str_trim(str_slice(value, 0, value.len - strlen(units->name)));
			factor = units->factor;
			break;
		}
	if (factor == 0 && str_eq(value, STR("0")))
		factor = 1;
	if (factor == 0 || !str_to_int(digits, 0, INT64_MAX / factor, &n))
		return false;
	*out = n * factor;
	return *out >= limits.min && *out <= limits.max;
}

static bool
read_octal(struct str value, struct config_limits limits, int64_t *out)
{
	int64_t n = 0;

	if (value.len < 3 || value.len > 5)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] < '0' || value.at[i] > '7')
			return false;
		n = n * 8 + (value.at[i] - '0');
	}
	*out = n;
	return n >= limits.min && n <= limits.max;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value consists of letters, digits and the extra characters. */
static bool
made_of(struct str value, const char *extra)
{
	for (size_t i = 0; i < value.len; i++)
		if (!is_letter(value.at[i]) && !is_digit(value.at[i]) &&
		    (value.at[i] == '\0' || strchr(extra, value.at[i]) == NULL))
			return false;
	return value.len > 0;
}

/* Area/City; the name becomes part of a path below the zone database. */
static bool
zone_ok(struct str value)
{
	return value.len <= 64 && is_letter(value.at[0]) && made_of(value, "/_+-") &&
	       !str_ends(value, STR("/")) && str_find(value, STR("//")) == value.len;
}

/* RFC 5646, the plain forms: language of two or three letters, then subtags. It becomes part of a file name. */
static bool
language_ok(struct str value)
{
	struct str rest = value, part;

	if (value.len > 35 || !str_split(&rest, '-', &part) || part.len < 2 || part.len > 3)
		return false;
	for (size_t i = 0; i < part.len; i++)
		if (part.at[i] < 'a' || part.at[i] > 'z')
			return false;
	while (str_split(&rest, '-', &part))
		if (part.len < 2 || part.len > 8 || !made_of(part, ""))
			return false;
	return true;
}

/* A name or an IPv4 address, or an IPv6 address in brackets. */
static bool
host_ok(struct str host)
{
	struct str rest = host, label;

	if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
		return made_of(str_slice(host, 1, host.len - 1), ":.");
	if (host.len > 253)
		return false;
	while (str_split(&rest, '.', &label))
		if (label.len > 63 || !made_of(label, "-") || label.at[0] == '-' ||
		    label.at[label.len - 1] == '-')
			return false;
	return true;
}

/* Scheme and host in small letters, no slash at the end: one spelling, since links and tokens are made of it. */
static const char *
read_url(struct str value, struct arena *a)
{
	bool secure = str_eq_nocase(str_slice(value, 0, 8), STR("https://"));
	struct str rest = str_slice(value, secure ? 8 : 7, value.len), host, port = STR_NONE;
	size_t end;
	const char *kept;
	char whole[320];
	int64_t n;

	if (!secure && !str_eq_nocase(str_slice(value, 0, 7), STR("http://")))
		return NULL;
	while (str_ends(rest, STR("/")))
		rest.len--;
	end = rest.len;
	while (end > 0 && is_digit(rest.at[end - 1]))
		end--;
	host = rest;
	if (end > 0 && rest.at[end - 1] == ':') {
		host = str_slice(rest, 0, end - 1);
		port = str_slice(rest, end, rest.len);
		if (!str_to_int(port, 1, 65535, &n) || port.at[0] == '0')
			return NULL;
	}
	if (!host_ok(host))
		return NULL;
	(void)snprintf(whole, sizeof whole, "http%s://" STR_FMT "%s" STR_FMT, secure ? "s" : "",
	    STR_ARG(host), port.len > 0 ? ":" : "", STR_ARG(port));
	for (char *c = whole; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	kept = arena_cstr(a, str_of(whole));
	return kept == NULL ? "" : kept;
}

static bool
is_choice(struct str choices, struct str value)
{
	struct str choice;

	while (str_split(&choices, ' ', &choice))
		if (str_eq(choice, value))
			return true;
	return false;
}

static enum err
read_text(struct config_limits limits, struct str value, struct arena *a, const char **out, struct fault *f)
{
	struct teaser_limit limit;
	char sentence[80];

	if (limits.kind == CONFIG_ZONE && (value.len == 0 || !zone_ok(value)))
		return refuse(value, "a time zone; write one like Europe/Paris", f);
	if (limits.kind == CONFIG_LANGUAGE && !language_ok(value))
		return refuse(value, "a language; write one like fr or en", f);
	if (limits.kind == CONFIG_CHOICE && !is_choice(str_of(limits.choices), value)) {
		(void)snprintf(sentence, sizeof sentence, "a choice; write one of: %s", limits.choices);
		return refuse(value, sentence, f);
	}
	if (limits.kind == CONFIG_TEASER && !teaser_limit_parse(value, &limit))
		return refuse(value, "a limit; write 1% to 99%, \"3 paragraphs\" or \"120 words\"", f);
	if (limits.kind == CONFIG_WIDTHS && !picture_widths_valid(value))
		return refuse(value, "a list of widths; write up to six from 16 to 4000, ascending", f);
	if (limits.kind == CONFIG_URL) {
		*out = read_url(value, a);
		if (*out == NULL)
			return refuse(value,
			    "the address of a site; write http://HOST or https://HOST, without a path", f);
		return **out == '\0' ? fault_set(f, ERR_MEMORY, "out of memory") : ERR_NONE;
	}
	*out = arena_cstr(a, value);
	return *out == NULL ? fault_set(f, ERR_MEMORY, "out of memory") : ERR_NONE;
}

enum err
config_value_read(struct config_limits limits, struct str value, struct arena *a, const char **text,
    int64_t *number, struct fault *f)
{
	if (str_has_control(value) || !str_is_utf8(value))
		return fault_set(
		    f, ERR_INVALID, "the value holds control characters or is not UTF-8; write plain text");
	if (config_kind_is_text(limits.kind) && value.len == 0 && limits.min > 0)
		return fault_set(f, ERR_INVALID, "the value is empty; write one or take the line out");
	if (config_kind_is_text(limits.kind) && (int64_t)value.len > limits.max)
		return fault_set(f, ERR_INVALID, "the value is longer than %" PRId64 " bytes", limits.max);
	switch (limits.kind) {
	case CONFIG_COUNT:
		return str_to_int(value, limits.min, limits.max, number)
		           ? ERR_NONE
		           : refuse_number(value, limits, NULL, f);
	case CONFIG_SIZE:
		return read_with_unit(value, sizes, true, limits, number)
		           ? ERR_NONE
		           : refuse_number(value, limits, sizes, f);
	case CONFIG_DURATION:
		return read_with_unit(value, durations, false, limits, number)
		           ? ERR_NONE
		           : refuse_number(value, limits, durations, f);
	case CONFIG_OCTAL:
		return read_octal(value, limits, number)
		           ? ERR_NONE
		           : refuse(value, "a file mode; write one like 0660", f);
	case CONFIG_SWITCH:
		*number = str_eq(value, STR("on"));
		return *number == 1 || str_eq(value, STR("off")) ? ERR_NONE : refuse(value, "on or off", f);
	default: return read_text(limits, value, a, text, f);
	}
}
