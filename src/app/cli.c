/* cli.c: options, refusals and tables that all verbs share. */
#include "app/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/migrate.h"

static void
take_out(struct cli *cli, int from, int n)
{
	for (int i = from; i + n < cli->argc; i++)
		cli->argv[i] = cli->argv[i + n];
	cli->argc -= n;
}

/* The length of name when argument i is it or begins "NAME=", else 0. */
static size_t
is_option(const struct cli *cli, int i, const char *name)
{
	const char *arg = cli->argv[i];
	size_t n = strlen(name);

	if (strncmp(arg, name, n) != 0)
		return 0;
	return arg[n] == '\0' || arg[n] == '=' ? n : 0;
}

bool
cli_flag(struct cli *cli, const char *name)
{
	for (int i = 0; i < cli->argc && strcmp(cli->argv[i], "--") != 0; i++)
		if (is_option(cli, i, name) != 0 && cli->argv[i][is_option(cli, i, name)] == '\0') {
			take_out(cli, i, 1);
			return true;
		}
	return false;
}

const char *
cli_option(struct cli *cli, const char *name)
{
	const char *value;

	for (int i = 0; i < cli->argc && strcmp(cli->argv[i], "--") != 0; i++) {
		size_t n = is_option(cli, i, name);

		if (n == 0)
			continue;
		if (cli->argv[i][n] == '=') {
			value = cli->argv[i] + n + 1;
			take_out(cli, i, 1);
			return value;
		}
		if (i + 1 >= cli->argc) /* stays where it is, and cli_arguments refuses it */
			return NULL;
		value = cli->argv[i + 1];
		take_out(cli, i, 2);
		return value;
	}
	return NULL;
}

bool
cli_arguments(struct cli *cli, int min, int max)
{
	for (int i = 0; i < cli->argc; i++) {
		if (strcmp(cli->argv[i], "--") == 0) {
			take_out(cli, i, 1);
			break;
		}
		if (cli->argv[i][0] == '-' && cli->argv[i][1] != '\0') {
			(void)fprintf(stderr, "poterne: %s: no such option here, or its value is missing\n",
			    cli->argv[i]);
			return false;
		}
	}
	if (cli->argc >= min && cli->argc <= max)
		return true;
	(void)fprintf(
	    stderr, "poterne: %s\n", cli->argc < min ? "an argument is missing" : "too many arguments");
	return false;
}

int
cli_fail(enum err e, const struct fault *f)
{
	(void)fprintf(stderr, "poterne: %s\n", f != NULL && f->text[0] != '\0' ? f->text : err_name(e));
	return CLI_REFUSED;
}

int
cli_usage(const struct cli *cli)
{
	(void)fprintf(stderr, "usage: poterne [--config FILE] %s\n", cli->usage);
	return CLI_USAGE;
}

int
cli_run(struct cli *cli, const struct cli_verb *verbs, size_t n)
{
	for (size_t i = 0; cli->argc > 0 && i < n; i++)
		if (strcmp(cli->argv[0], verbs[i].name) == 0) {
			if (verbs[i].usage != NULL)
				cli->usage = verbs[i].usage;
			cli->argc--;
			cli->argv++;
			return verbs[i].run(cli);
		}
	return cli_usage(cli);
}

struct db *
cli_database(struct cli *cli, enum db_role role)
{
	struct db *db = NULL;
	struct fault f = {""};
	enum err e = db_open(&db, cli->config->database, role, false, &f);

	if (e == ERR_NONE && (e = migrate_check(db, cli->config, &f)) == ERR_NONE)
		return db;
	db_close(db);
	(void)cli_fail(e, &f);
	return NULL;
}

/* Columns a text takes on a terminal: one a character, continuation bytes of UTF-8 take none. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void
add_cell_text(struct buf *out, const json_t *value)
{
	size_t i;
	json_t *item;

	if (json_is_string(value))
		buf_puts(out, json_string_value(value));
	else if (json_is_integer(value))
		buf_printf(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		buf_puts(out, json_is_true(value) ? "yes" : "no");
	json_array_foreach(value, i, item)
	{
		if (i > 0)
			buf_puts(out, ", ");
		add_cell_text(out, item);
	}
}

/* The cell's text, control bytes shown as '?': what a table prints may come from a reader (DB3). */
static char *
cell_text(struct arena *a, const json_t *row, const char *key)
{
	struct buf text = BUF_EMPTY;
	char *copy;

	add_cell_text(&text, json_object_get(row, key));
	copy = text.failed ? NULL : arena_cstr(a, buf_str(&text));
	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	buf_free(&text);
	return copy;
}

static void
print_cell(const char *text, size_t wide, bool right, bool last)
{
	int pad = (int)(wide > width(text) ? wide - width(text) : 0);

	if (right)
		printf("%*s%s%s", pad, "", text, last ? "\n" : "  ");
	else
		printf("%s%*s%s", text, last ? 0 : pad, "", last ? "\n" : "  ");
}

static enum err
print_table(struct arena *a, const json_t *rows, const struct cli_column *columns, size_t n)
{
	size_t count = json_array_size(rows);
	char **cells = arena_zero(a, (count + 1) * n, sizeof *cells);
	size_t *wide = arena_zero(a, n, sizeof *wide);

	if (cells == NULL || wide == NULL)
		return ERR_MEMORY;
	for (size_t r = 0; r <= count; r++)
		for (size_t c = 0; c < n; c++) {
			char *text = r == 0 ? arena_cstr(a, str_of(columns[c].title))
			                    : cell_text(a, json_array_get(rows, r - 1), columns[c].key);

			if (text == NULL)
				return ERR_MEMORY;
			cells[r * n + c] = text;
			wide[c] = width(text) > wide[c] ? width(text) : wide[c];
		}
	for (size_t r = 0; r <= count; r++)
		for (size_t c = 0; c < n; c++)
			print_cell(cells[r * n + c], wide[c], columns[c].right, c + 1 == n);
	return ERR_NONE;
}

int
cli_print(struct cli *cli, json_t *rows, const struct cli_column *columns, size_t n)
{
	struct fault f = {""};
	enum err e = rows == NULL ? ERR_MEMORY : ERR_NONE;

	if (e == ERR_NONE && cli->json) {
		if (json_dumpf(rows, stdout, JSON_INDENT(2)) != 0)
			e = fault_set(&f, ERR_INTERNAL, "standard output cannot be written");
		(void)fputc('\n', stdout);
	} else if (e == ERR_NONE) {
		e = print_table(cli->arena, rows, columns, n);
	}
	json_decref(rows);
	if (fflush(stdout) != 0 && e == ERR_NONE)
		e = fault_set(&f, ERR_INTERNAL, "standard output cannot be written");
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

void
cli_progress(const char *what, size_t done, size_t total)
{
	static const char full[] = "########################################";
	size_t percent = total == 0 ? 100 : done * 100 / total;

	if (isatty(STDERR_FILENO) == 0)
		return;
	(void)fprintf(stderr, "\r%s [%-40.*s] %3zu %% (%zu/%zu)%s", what, (int)(percent * 40 / 100), full,
	    percent, done, total, done >= total ? "\n" : "");
}
