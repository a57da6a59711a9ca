/* config.c: default < file < environment < command line. */
#include "format/config.h"

#include <ini.h>
#include <string.h>

#include "format/config_table.h"

#define LONGEST_FILE ((size_t)256 * 1024)
#define PREFIX STR("POTERNE_")

struct loader {
	struct config *cfg;
	struct arena *arena;
	struct str rest; /* of the file */
	const char *label;
	unsigned line, seen[CONFIG_MOST_SETTINGS]; /* the line that set it, 0: none */
	unsigned fault_line;
	enum err error; /* the first one, with its sentence in f */
	struct fault *f;
};

/* Remembers the first fault of the file; the sentence in l->f gets its place. */
static void
stop(struct loader *l, enum err e)
{
	l->error = fault_context(l->f, e, "%s:%u", l->label, l->line);
	l->fault_line = l->line;
}

/* "[name]", perhaps with a comment behind it. libinih reads it too; here it is only checked. */
static void
check_section(struct loader *l, struct str line)
{
	size_t end = str_find(line, STR("]"));
	struct str name = str_slice(line, 1, end), after = str_trim(str_slice(line, end + 1, line.len));

	if (end == line.len || (after.len > 0 && after.at[0] != ';' && after.at[0] != '#'))
		stop(l, fault_set(l->f, ERR_INVALID, "a section stands alone on its line; write [name]"));
	else if (!config_table_section(name))
		stop(l, config_table_no_section(name, l->f));
}

/* libinih's reader: hands out one line a call, so that lines can be counted and what it would cut is refused. Blanks
 * before a line are dropped: libinih would take it for more of the value before. */
static char *
next_line(char *out, int size, void *user)
{
	struct loader *l = user;
	struct str line;

	if (!str_split(&l->rest, '\n', &line))
		return NULL;
	l->line++;
	line = str_trim(line);
	out[0] = '\0';
	if (l->error != ERR_NONE || line.len == 0 || line.at[0] == '#' || line.at[0] == ';')
		return out;
	if (line.at[0] == '[')
		check_section(l, line);
	else if (line.len >= (size_t)size)
		stop(l,
		    fault_set(l->f, ERR_INVALID, "the line is longer than %d bytes; shorten it", size - 1));
	else if (str_has_control(line) || !str_is_utf8(line))
		stop(l, fault_set(l->f, ERR_INVALID, "the line holds control characters or is not UTF-8"));
	if (l->error == ERR_NONE && line.len < (size_t)size) {
		memcpy(out, line.at, line.len);
		out[line.len] = '\0';
	}
	return out;
}

/* "value" in quotes may begin or end with blanks or be empty. */
static struct str
unquote(struct str value)
{
	return value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"'
	           ? str_slice(value, 1, value.len - 1)
	           : value;
}

/* libinih's handler; faults are kept in the loader, so that the first one wins. */
static int
take_line(void *user, const char *section, const char *key, const char *value)
{
	struct loader *l = user;
	size_t i = config_table_find(str_of(section), str_of(key));
	enum err e;

	if (l->error != ERR_NONE)
		return 1;
	if (section[0] == '\0')
		stop(l, fault_set(l->f, ERR_INVALID,
		            "\"%s\" stands before any section; write [site] or another above it", key));
	else if (i == CONFIG_NO_ROW)
		stop(l, config_table_no_key(str_of(section), str_of(key), l->f));
	else if (l->seen[i] != 0)
		stop(l, fault_set(l->f, ERR_INVALID,
		            "\"%s\" in [%s] is set in line %u already; keep one of the two", key, section,
		            l->seen[i]));
	else if ((e = config_table_set(l->cfg, l->arena, i, unquote(str_of(value)), l->f)) != ERR_NONE)
		stop(l, e);
	else
		l->seen[i] = l->line;
	return 1;
}

static enum err
read_file(struct config *cfg, struct arena *a, struct str text, const char *label, struct fault *f)
{
	struct loader l = {.cfg = cfg, .arena = a, .rest = text, .label = label, .f = f};
	int bad;

	if (text.len > LONGEST_FILE)
		return fault_set(f, ERR_TOO_LARGE, "%s: longer than %zu KiB", label, LONGEST_FILE / 1024);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		l.rest = str_slice(text, 3, text.len);
	bad = ini_parse_stream(next_line, &l, take_line, &l);
	if (bad < 0)
		return fault_set(f, ERR_MEMORY, "%s: out of memory", label);
	if (bad > 0 && (l.error == ERR_NONE || (unsigned)bad < l.fault_line))
		return fault_set(f, ERR_INVALID,
		    "%s:%d: not a setting; write \"key = value\", \"[section]\" or \"# comment\"", label,
		    bad);
	return l.error;
}

static enum err
read_defaults(struct config *cfg, struct arena *a, struct fault *f)
{
	struct config_row row;

	*cfg = (struct config){.site_name = NULL};
	for (size_t i = 0; config_table_row(i, &row); i++) {
		enum err e = config_table_set(cfg, a, i, str_of(row.fallback), f);

		if (e != ERR_NONE)
			return fault_context(f, e == ERR_INVALID ? ERR_INTERNAL : e, "default");
	}
	return ERR_NONE;
}

/* "POTERNE_SITE_NAME" or "site.name". */
static enum err
read_override(struct config *cfg, struct arena *a, struct config_override o, struct fault *f)
{
	bool variable = str_starts(o.name, PREFIX);
	struct str key = o.name, section = STR_NONE;
	size_t i;
	enum err e;

	if (variable)
		i = config_table_find_variable(o.name);
	else if (!str_split(&key, '.', &section) || key.at == NULL)
		return fault_set(
		    f, ERR_INVALID, "--set " STR_FMT ": write section.key=value", STR_ARG(o.name));
	else
		i = config_table_find(section, key);
	if (i == CONFIG_NO_ROW && variable)
		return config_table_no_variable(o.name, f);
	if (i == CONFIG_NO_ROW) {
		e = config_table_section(section) ? config_table_no_key(section, key, f)
		                                  : config_table_no_section(section, f);
		return fault_context(f, e, "--set " STR_FMT, STR_ARG(o.name));
	}
	e = config_table_set(cfg, a, i, str_trim(o.value), f);
	return e == ERR_NONE ? e
	                     : fault_context(f, e, "%s" STR_FMT, variable ? "" : "--set ", STR_ARG(o.name));
}

enum err
config_read(struct config *cfg, struct arena *a, struct str text, const char *label,
    const struct config_override *overrides, size_t n, struct fault *f)
{
	enum err e = read_defaults(cfg, a, f);

	if (e == ERR_NONE && text.at != NULL)
		e = read_file(cfg, a, text, label, f);
	for (size_t i = 0; i < n && e == ERR_NONE; i++)
		e = read_override(cfg, a, overrides[i], f);
	if (e == ERR_NONE && cfg->session_idle_s > cfg->session_life_s)
		e = fault_set(
		    f, ERR_INVALID, "%s: [session] idle is longer than life; make it shorter", label);
	return e;
}

enum err
config_environment(
    struct arena *a, char *const *environment, struct config_override **out, size_t *n, struct fault *f)
{
	size_t count = 0;

	for (size_t i = 0; environment[i] != NULL; i++)
		count += str_starts(str_of(environment[i]), PREFIX);
	*n = 0;
	*out = arena_zero(a, count + 1, sizeof **out);
	if (*out == NULL)
		return fault_set(f, ERR_MEMORY, "out of memory");
	for (size_t i = 0; environment[i] != NULL && *n < count; i++) {
		struct str value = str_of(environment[i]), name;

		if (!str_starts(value, PREFIX) || !str_split(&value, '=', &name) || value.at == NULL)
			continue;
		if (config_table_find_variable(name) == CONFIG_NO_ROW)
			return config_table_no_variable(name, f);
		(*out)[*n].name = arena_copy(a, name);
		(*out)[*n].value = arena_copy(a, value);
		if ((*out)[*n].name.at == NULL || (*out)[(*n)++].value.at == NULL)
			return fault_set(f, ERR_MEMORY, "out of memory");
	}
	return ERR_NONE;
}
