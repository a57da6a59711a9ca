/* cli_article.c: poterne article import, list, show, publish, unpublish, preview, remove. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli_json.h"
#include "app/cli_history.h"
#include "app/import.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/preview.h"
#include "core/publish.h"
#include "format/escape.h"
#include "store/article_admin.h"

#define PREVIEW_DAYS 7
#define LIST_STEP 500

static int
import(struct cli *cli)
{
	bool dry_run = cli_flag(cli, "--dry-run");
	struct import_result r;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1 << 20))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = import_run(cli, db, dry_run, &r, &f);
	db_close(db);
	if (e != ERR_NONE)
		(void)cli_fail(e, &f);
	if (printf("%s%zu new, %zu replaced, %zu refused\n", dry_run ? "would be: " : "", r.added, r.replaced,
	        r.refused) < 0)
		return CLI_REFUSED;
	return e == ERR_NONE && r.refused == 0 ? CLI_OK : CLI_REFUSED;
}

static const char *
state_of(int64_t published_at, int64_t withdrawn_at, int64_t rendered_at)
{
	if (withdrawn_at != 0)
		return "withdrawn";
	if (published_at == 0)
		return "draft";
	if (rendered_at == 0)
		return "not rendered";
	return published_at > clock_now() ? "scheduled" : "published";
}

static json_t *
json_row(const struct article_row *row)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:s, s:o, s:o, s:o*}", "slug",
	    cli_json_str(row->slug), "section", cli_json_str(row->section), "title", cli_json_str(row->title),
	    "access", cli_json_str(row->access), "plans", cli_json_list(row->plans), "words",
	    (json_int_t)row->words, "state", state_of(row->published_at, row->withdrawn_at, row->rendered_at),
	    "published_at", cli_json_time(row->published_at), "withdrawn_at",
	    cli_json_time(row->withdrawn_at), "path",
	    json_sprintf("/" STR_FMT "/" STR_FMT, STR_ARG(row->section), STR_ARG(row->slug)));
}

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"slug", "SLUG", false}, {"section", "SECTION", false},
	    {"access", "ACCESS", false}, {"plans", "PLANS", false}, {"words", "WORDS", true},
	    {"state", "STATE", false}, {"published_at", "PUBLISHED", false}, {"title", "TITLE", false}};
	json_t *rows;
	struct article_row *part;
	size_t n = LIST_STEP;
	int64_t after = 0;
	struct fault f = {""};
	struct db *db;
	enum err e = ERR_NONE;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_PUBLIC)) == NULL)
		return CLI_REFUSED;
	rows = json_array();
	while (e == ERR_NONE && n == LIST_STEP) {
		e = article_admin_list(db, cli->arena, after, LIST_STEP, &part, &n);
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			after = part[i].id;
			if (json_array_append_new(rows, json_row(&part[i])) != 0)
				e = ERR_MEMORY;
		}
	}
	if (e != ERR_NONE)
		(void)fault_set(&f, e, "%s", db_message(db));
	db_close(db);
	return cli_json_print(cli, e, &f, rows, columns, sizeof columns / sizeof *columns);
}

/* The one article named on the command line; what is wrong is in f. */
static enum err
find(struct cli *cli, struct db *db, struct article *art, struct article_row *row, struct fault *f)
{
	struct article_row *rows;
	int64_t id = 0;
	size_t n;
	enum err e = cli_article_id(cli, db, &id, f);

	if (e != ERR_NONE)
		return e;
	e = article_store_read(db, cli->arena, id, art);
	if (e == ERR_NONE)
		e = article_admin_list(db, cli->arena, id - 1, 1, &rows, &n);
	if (e == ERR_NONE && (n == 0 || rows[0].id != id))
		return fault_set(f, ERR_NOT_FOUND, "there is no article %s", cli->argv[0]);
	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	*row = rows[0];
	return ERR_NONE;
}

static json_t *
json_names(const struct article_name *names, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(out, cli_json_str(names[i].name)) != 0)
			break;
	return out;
}

static bool
add_details(json_t *o, const struct article *art)
{
	return json_object_set_new(o, "title", cli_json_str(art->title)) == 0 &&
	       json_object_set_new(o, "label", cli_json_str(art->label)) == 0 &&
	       json_object_set_new(o, "standfirst", cli_json_str(art->standfirst_text)) == 0 &&
	       json_object_set_new(o, "authors", json_names(art->bylines, art->byline_count)) == 0 &&
	       json_object_set_new(o, "tags", json_names(art->tags, art->tag_count)) == 0 &&
	       json_object_set_new(o, "image", cli_json_str(art->image)) == 0 &&
	       json_object_set_new(o, "updated_at", cli_json_time(art->updated_at)) == 0 &&
	       json_object_set_new(o, "rendered_at", cli_json_time(art->rendered_at)) == 0 &&
	       json_object_set_new(o, "words_shown", json_integer(art->words_shown)) == 0 &&
	       json_object_set_new(o, "percent_left", json_integer(art->percent_left)) == 0 &&
	       json_object_set_new(o, "edition", json_integer(art->edition)) == 0;
}

/* People read it a line a member; programs get the object in an array, as of every list. */
static int
print_details(struct cli *cli, json_t *o)
{
	static const struct cli_column columns[] = {{"name", "NAME", false}, {"value", "VALUE", false}};
	json_t *rows = json_array(), *value;
	const char *name;

	if (cli->json && json_array_append(rows, o) == 0)
		return cli_print(cli, rows, columns, 0);
	json_object_foreach(o, name, value) if (!json_is_null(value))(void)
	    json_array_append_new(rows, json_pack("{s:s, s:O}", "name", name, "value", value));
	return cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
}

static int
show(struct cli *cli)
{
	struct article art;
	struct article_row row;
	struct fault f = {""};
	struct db *db;
	json_t *o = NULL;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_PUBLIC)) == NULL)
		return CLI_REFUSED;
	e = find(cli, db, &art, &row, &f);
	if (e == ERR_NONE && ((o = json_row(&row)) == NULL || !add_details(o, &art)))
		e = fault_set(&f, ERR_MEMORY, "no memory to show the article");
	db_close(db);
	status = e == ERR_NONE ? print_details(cli, o) : cli_fail(e, &f);
	json_decref(o);
	return status;
}

/* Opens a writer, finds the article, lets change do its work and says what it is now. */
static int
change_one(struct cli *cli,
    enum err (*change)(struct db *db, const struct article *art, int64_t at, struct fault *f), int64_t at)
{
	struct article art;
	struct article_row row;
	struct fault f = {""};
	const char *state = "removed";
	struct db *db;
	enum err e, there = ERR_NOT_FOUND;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = find(cli, db, &art, &row, &f);
	if (e == ERR_NONE)
		e = change(db, &art, at, &f);
	if (e == ERR_NONE && (there = find(cli, db, &art, &row, &f)) == ERR_NONE)
		state = state_of(row.published_at, row.withdrawn_at, row.rendered_at);
	db_close(db);
	if (e != ERR_NONE || (there != ERR_NONE && there != ERR_NOT_FOUND))
		return cli_fail(e != ERR_NONE ? e : there, &f);
	return printf(STR_FMT ": %s\n", STR_ARG(row.slug), state) < 0 ? CLI_REFUSED : CLI_OK;
}

/* Without --at an article that was public keeps its date. */
static enum err
change_publish(struct db *db, const struct article *art, int64_t at, struct fault *f)
{
	int64_t now = clock_now();

	if (at == 0)
		at = art->published_at != 0 && art->published_at <= now ? art->published_at : now;
	return article_admin_publish(db, art->slug, at, f);
}

static int
publish(struct cli *cli)
{
	const char *when = cli_option(cli, "--at");
	int64_t at = 0;
	struct fault f = {""};

	if (when != NULL && (!clock_parse(str_of(when), &at) || at == 0))
		return cli_fail(fault_set(&f, ERR_INVALID,
		                    "--at %s: a time is written 2024-11-15, \"2024-11-15 09:30\" or "
		                    "2024-11-15T09:30:00+01:00",
		                    when),
		    &f);
	return change_one(cli, change_publish, at);
}

static enum err
change_withdraw(struct db *db, const struct article *art, int64_t at, struct fault *f)
{
	if (art->published_at == 0 || art->published_at > at)
		return article_admin_unpublish(db, art->slug, f);
	return article_admin_withdraw(db, art->slug, at, f);
}

/* A draft answers 404. One that was withdrawn is scheduled for a moment, far ahead, which ends the withdrawal. */
static enum err
change_to_draft(struct db *db, const struct article *art, int64_t at, struct fault *f)
{
	enum err e = article_admin_publish(db, art->slug, at + 100 * 365 * CLOCK_DAY, f);

	return e == ERR_NONE ? article_admin_unpublish(db, art->slug, f) : e;
}

static int
unpublish(struct cli *cli)
{
	if (cli_flag(cli, "--draft"))
		return change_one(cli, change_to_draft, clock_now());
	return change_one(cli, change_withdraw, clock_now());
}

static enum err
change_remove(struct db *db, const struct article *art, int64_t at, struct fault *f)
{
	(void)at;
	return article_admin_remove(db, art->slug, f);
}

static int
remove_article(struct cli *cli)
{
	return change_one(cli, change_remove, 0);
}

static enum err
print_preview(struct cli *cli, struct db *db, struct fault *f)
{
	struct article art;
	struct article_row row;
	struct buf out = BUF_EMPTY;
	struct str html;
	enum err e;

	if ((e = publish_stale(db, cli->config, f)) != ERR_NONE ||
	    (e = find(cli, db, &art, &row, f)) != ERR_NONE)
		return e;
	if ((e = article_store_body(db, cli->arena, art.id, &html)) == ERR_NOT_FOUND)
		return fault_set(f, e,
		    "%s has no text that could be rendered; article_body.render_error says why",
		    cli->argv[0]);
	if (e != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	buf_puts(&out, "<article>\n<h1>");
	escape_text(&out, art.title);
	buf_puts(&out, "</h1>\n<p>");
	buf_put(&out, art.standfirst_html);
	buf_puts(&out, "</p>\n");
	buf_put(&out, html);
	buf_puts(&out, "</article>\n");
	if (out.failed || fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
		e = fault_set(f, ERR_INTERNAL, "the page could not be printed");
	buf_free(&out);
	return e;
}

/* A link for a browser, good for PREVIEW_DAYS. */
static enum err
print_preview_link(struct cli *cli, struct db *db, struct fault *f)
{
	const char *site = cli->config->site_url;
	struct keyring *ring = NULL;
	char token[PREVIEW_TOKEN];
	int64_t id;
	enum err e = cli_article_id(cli, db, &id, f);

	if (e != ERR_NONE)
		return e;
	if ((e = keyring_load(&ring, cli->config->keys, f)) != ERR_NONE)
		return e;
	if (!preview_make(ring, str_of(site), id, clock_now() + PREVIEW_DAYS * CLOCK_DAY, token))
		e = fault_set(f, ERR_INTERNAL, "the link could not be sealed");
	else
		printf("%s/preview/%s\n", site, token);
	keyring_release(ring);
	return e;
}

static int
preview(struct cli *cli)
{
	bool link = cli_flag(cli, "--link");
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = link ? print_preview_link(cli, db, &f) : print_preview(cli, db, &f);
	db_close(db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

int
cli_article(struct cli *cli)
{
	static const struct cli_verb verbs[] = {{"import", NULL, import}, {"list", NULL, list},
	    {"show", NULL, show}, {"publish", NULL, publish}, {"unpublish", NULL, unpublish},
	    {"preview", NULL, preview}, {"remove", NULL, remove_article},
	    {"correct", NULL, cli_article_correct}, {"history", NULL, cli_article_history}};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
