/* cli_page.c: pages of words from Markdown files. */
#include <string.h>

#include "app/cli.h"
#include "app/cli_json.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/file.h"
#include "format/markdown.h"
#include "format/slug.h"
#include "store/page_store.h"
#include "store/pick.h"

#define PAGE_BYTES ((size_t)64 * 1024)

/* The file's first line is its title, "# Mentions légales"; its name without .md is the address. */
static enum err
read_file(struct cli *cli, const char *path, struct words_page *out, struct fault *f)
{
	const char *base = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	struct str name = str_of(base), source, line;
	struct cmark_node *doc = NULL;
	enum err e = file_read(cli->arena, path, PAGE_BYTES, &source, f);

	if (e != ERR_NONE)
		return e;
	out->slug = str_ends(name, STR(".md")) ? str_slice(name, 0, name.len - 3) : name;
	if (!slug_valid(out->slug))
		return fault_set(f, ERR_INVALID,
		    "%s: the file's name becomes the address; use letters a-z, digits and hyphens", path);
	if (!str_is_utf8(source) || !str_split(&source, '\n', &line) || !str_starts(line, STR("# ")) ||
	    str_trim(str_slice(line, 2, line.len)).len == 0)
		return fault_set(f, ERR_INVALID,
		    "%s:1: the first line must be the title, as \"# Mentions légales\"", path);
	out->title = str_trim(str_slice(line, 2, line.len));
	out->markdown = source.at == NULL ? STR_NONE : source;
	e = markdown_read(out->markdown, cli->config->site_language, &doc, f);
	markdown_free(doc);
	return e == ERR_NONE ? e : fault_context(f, e, "%s", path);
}

static int
import_pages(struct cli *cli, bool footer)
{
	struct db *db = cli_database(cli, DB_WRITER);
	int status = CLI_OK;

	if (db == NULL)
		return CLI_REFUSED;
	for (int i = 1; i < cli->argc; i++) {
		struct words_page page = {.in_footer = footer};
		struct fault f = {""};
		enum err e = read_file(cli, cli->argv[i], &page, &f);

		if (e == ERR_NONE && (e = page_store_put(db, &page, clock_now(), &f)) != ERR_NONE)
			(void)fault_context(&f, e, "%s", cli->argv[i]);
		if (e != ERR_NONE)
			status = cli_fail(e, &f);
		else
			printf("/" STR_FMT "\n", STR_ARG(page.slug));
	}
	db_close(db);
	return status;
}

static int
list_pages(struct cli *cli)
{
	static const struct cli_column columns[] = {
	    {"path", "ADDRESS", false}, {"title", "TITLE", false}, {"in_footer", "FOOTER", false}};
	struct db *db = cli_database(cli, DB_PUBLIC);
	struct words_page *pages;
	struct fault f = {""};
	json_t *rows;
	size_t n = 0;
	enum err e;

	if (db == NULL)
		return CLI_REFUSED;
	e = pick_fault(&f, page_store_list(db, cli->arena, false, &pages, &n), db);
	rows = json_array();
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		(void)json_array_append_new(rows,
		    json_pack("{s:o, s:s%, s:b}", "path", json_sprintf("/" STR_FMT, STR_ARG(pages[i].slug)),
		        "title", pages[i].title.at, pages[i].title.len, "in_footer", pages[i].in_footer));
	db_close(db);
	return cli_json_print(cli, e, &f, rows, columns, sizeof columns / sizeof *columns);
}

static int
remove_page(struct cli *cli)
{
	struct fault f = {""};
	struct db *db = cli_database(cli, DB_WRITER);
	enum err e;

	if (db == NULL)
		return CLI_REFUSED;
	e = page_store_remove(db, str_of(cli->argv[1]));
	if (e == ERR_NOT_FOUND)
		(void)fault_set(&f, e, "%s: no such page; poterne page list shows them", cli->argv[1]);
	else
		(void)pick_fault(&f, e, db);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

int
cli_page(struct cli *cli)
{
	bool footer = cli_flag(cli, "--footer");

	if (!cli_arguments(cli, 1, 10000))
		return cli_usage(cli);
	if (strcmp(cli->argv[0], "import") == 0 && cli->argc > 1)
		return import_pages(cli, footer);
	if (strcmp(cli->argv[0], "list") == 0 && cli->argc == 1 && !footer)
		return list_pages(cli);
	if (strcmp(cli->argv[0], "remove") == 0 && cli->argc == 2 && !footer)
		return remove_page(cli);
	return cli_usage(cli);
}
