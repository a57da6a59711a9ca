/* cli_newsletter.c: poterne newsletter list, send, add, remove: lists and issues from the command line. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "base/file.h"
#include "core/issue.h"
#include "core/newsletter.h"
#include "format/front.h"
#include "format/markdown.h"
#include "format/slug.h"
#include "format/typography.h"
#include "store/erased_store.h"
#include "store/issue_store.h"
#include "store/outbox_store.h"
#include "store/subscriber_store.h"

#define FILE_BYTES ((size_t)300 * 1024)
#define BATCH 1000
#define SLUG_MOST 100

struct send {
	struct cli *cli;
	struct db *db;
	const char *file, *test;
	struct newsletter_row list;
	struct issue issue;
	char slug[SLUG_MOST + 1], hash[TOKEN_HASH + 1];
	int64_t now;
	struct fault f;
};

static int
list(struct cli *cli)
{
	static const struct cli_column columns[] = {{"id", "ID", true}, {"slug", "LIST", false},
	    {"name", "NAME", false}, {"access", "FOR", false}, {"readers", "READERS", true},
	    {"open", "OPEN", false}};
	struct newsletter_row *rows = NULL;
	struct fault f = {""};
	struct db *db;
	json_t *out = json_array();
	size_t n = 0;
	enum err e;

	if (!cli_arguments(cli, 0, 0))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = newsletter_store_counted(db, cli->arena, &rows, &n);
	if (e != ERR_NONE)
		(void)fault_set(&f, e, "%s", db_message(db));
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
		    out, json_pack("{s:I, s:s%, s:s%, s:s%, s:I, s:b}", "id", (json_int_t)rows[i].id, "slug",
		             rows[i].slug.at, rows[i].slug.len, "name", rows[i].name.at, rows[i].name.len,
		             "access", rows[i].access.at, rows[i].access.len, "readers",
		             (json_int_t)rows[i].readers, "open", rows[i].closed_at == 0));
	db_close(db);
	if (e != ERR_NONE) {
		json_decref(out);
		return cli_fail(e, &f);
	}
	return cli_print(cli, out, columns, sizeof columns / sizeof *columns);
}

/* "key: value" lines: title, which is needed, and slug. */
static enum err
read_head(struct send *s, struct str head)
{
	struct str line, value;
	int number = 1;

	while (str_split(&head, '\n', &line)) {
		struct str key;

		number++;
		value = str_trim(line);
		if (value.len == 0 || value.at[0] == '#')
			continue;
		(void)str_split(&value, ':', &key);
		if (value.at == NULL || !(str_eq(key, STR("title")) || str_eq(key, STR("slug"))))
			return fault_set(&s->f, ERR_INVALID,
			    "%s:%d: write title: and, if you like, slug:", s->file, number);
		value = str_trim(value);
		if (value.len >= 2 && (value.at[0] == '"' || value.at[0] == '\'') &&
		    value.at[value.len - 1] == value.at[0])
			value = str_slice(value, 1, value.len - 1);
		if (str_eq(key, STR("title")))
			s->issue.title = value;
		else if (slug_valid(value) && value.len <= SLUG_MOST)
			(void)snprintf(s->slug, sizeof s->slug, STR_FMT, STR_ARG(value));
		else
			return fault_set(&s->f, ERR_INVALID,
			    "%s:%d: a slug is small letters, digits and hyphens", s->file, number);
	}
	if (s->issue.title.len == 0 || s->issue.title.len > 200 || str_has_control(s->issue.title))
		return fault_set(
		    &s->f, ERR_INVALID, "%s: title: 1 to 200 characters; it is the subject", s->file);
	return ERR_NONE;
}

/* As the text is: with the language's spaces, apostrophes and dashes. */
static enum err
set_title(struct send *s)
{
	struct buf title = BUF_EMPTY;

	typography_apply(s->cli->config->site_language, s->issue.title, &title);
	s->issue.title = title.failed ? (struct str){NULL, 0} : arena_copy(s->cli->arena, buf_str(&title));
	buf_free(&title);
	return s->issue.title.at == NULL ? fault_set(&s->f, ERR_MEMORY, "no memory for the title") : ERR_NONE;
}

/* 2026-11-23-title, so that each issue has its own address. */
static void
make_slug(struct send *s)
{
	struct clock_date d = clock_local(s->now);
	char words[SLUG_MAX + 1];

	if (s->slug[0] != '\0')
		return;
	if (slug_make(s->issue.title, words) == 0)
		(void)snprintf(words, sizeof words, "%lld", (long long)s->now);
	(void)snprintf(s->slug, sizeof s->slug, "%04d-%02d-%02d-%.80s", d.year, d.month, d.day, words);
}

static enum err
read_issue_file(struct send *s)
{
	struct front front;
	struct str source;
	enum err e = file_read(s->cli->arena, s->file, FILE_BYTES, &source, &s->f);

	if (e == ERR_NONE)
		e = front_split(s->cli->arena, source, s->file, &front, &s->f);
	if (e == ERR_NONE)
		e = read_head(s, front.head);
	if (e != ERR_NONE)
		return e;
	make_slug(s);
	if ((e = set_title(s)) != ERR_NONE)
		return e;
	token_hash(source, s->hash);
	s->issue.markdown = front.body;
	s->issue.slug = str_of(s->slug);
	s->issue.hash = str_of(s->hash);
	s->issue.created_at = s->now;
	s->issue.newsletter_id = s->list.id;
	s->issue.state = s->test != NULL ? STR("test") : STR("sending");
	return ERR_NONE;
}

/* Everything that could go wrong a hundred thousand times is tried once, before anything is queued. */
static enum err
check_issue(struct send *s)
{
	struct issue_shop shop = {.config = s->cli->config, .doors = {s->db, s->db}};
	struct issue_text *text = arena_zero(s->cli->arena, 1, sizeof *text);
	struct cmark_node *doc = NULL;
	struct str missing = STR_NONE;
	enum err e = text == NULL ? ERR_MEMORY : paywall_open(&shop.paywall, (size_t)1 << 20);

	if (e == ERR_NONE)
		e = issue_parse(s->cli->arena, s->issue.markdown, text, &s->f);
	if (e == ERR_NONE &&
	    (e = markdown_read(s->issue.markdown, s->cli->config->site_language, &doc, &s->f)) == ERR_NONE)
		markdown_free(doc);
	if (e == ERR_NONE)
		e = issue_resolve(&shop, s->cli->arena, text, s->now, &missing);
	if (text != NULL)
		issue_release(text);
	paywall_close(shop.paywall);
	if (e == ERR_NONE && missing.len > 0)
		return fault_set(&s->f, ERR_NOT_FOUND, "%s: no published article has the slug " STR_FMT,
		    s->file, STR_ARG(missing));
	return e == ERR_NONE ? e : fault_context(&s->f, e, "%s", s->file);
}

static enum err
send_test(struct send *s)
{
	struct outbox_mail mail = {.kind = OUTBOX_NEWSLETTER,
	    .to = str_of(s->test),
	    .template = "mail_newsletter",
	    .due_at = s->now};
	char slug[SLUG_MOST + 1];
	enum err e;

	(void)snprintf(slug, sizeof slug, "test-%lld-%.12s", (long long)s->now, s->hash);
	s->issue.slug = str_of(slug);
	if ((e = db_begin(s->db)) != ERR_NONE)
		return e;
	e = issue_store_add(s->db, &s->issue, &mail.issue_id, &s->f);
	if (e == ERR_NONE)
		e = outbox_store_put(s->db, &mail, &s->f);
	if (e == ERR_NONE)
		e = db_commit(s->db);
	else
		db_rollback(s->db);
	if (e == ERR_NONE)
		(void)printf("test queued for %s\n", s->test);
	return e;
}

/* The issue that this file is already, or a new one. */
static enum err
find_or_add(struct send *s)
{
	struct issue known;
	enum err e = issue_store_by_hash(s->db, s->cli->arena, s->list.id, s->issue.hash, &known);

	if (e == ERR_NOT_FOUND)
		return issue_store_add(s->db, &s->issue, &s->issue.id, &s->f);
	if (e != ERR_NONE)
		return fault_set(&s->f, e, "%s", db_message(s->db));
	if (!str_eq(known.state, STR("sending")))
		return fault_set(&s->f, ERR_CONFLICT, "%s: " STR_FMT " already, as issue %lld", s->file,
		    STR_ARG(known.state), (long long)known.id);
	s->issue.id = known.id;
	s->issue.queued = known.queued;
	s->issue.queued_to = known.queued_to;
	return ERR_NONE;
}

static enum err
send_all(struct send *s)
{
	int64_t left = 0, queued = 1;
	size_t done = 0;
	enum err e = find_or_add(s);

	if (e == ERR_NONE)
		e = issue_store_readers(s->db, s->list.id, s->issue.queued_to, &left);
	while (e == ERR_NONE && queued > 0) {
		e = issue_store_queue(
		    s->db, s->issue.id, BATCH, s->now, s->cli->config->mail_pace, &queued, &s->f);
		done += (size_t)queued;
		if (queued > 0)
			cli_progress("queueing", done, (size_t)left > done ? (size_t)left : done);
	}
	if (e == ERR_NONE)
		(void)printf("issue %lld: queued for %lld readers; the worker sends %lld a second\n",
		    (long long)s->issue.id, (long long)s->issue.queued + (long long)done,
		    (long long)s->cli->config->mail_pace);
	return e;
}

static enum err
send_file(struct send *s, bool dry)
{
	int64_t readers = 0;
	enum err e = read_issue_file(s);

	if (e == ERR_NONE)
		e = check_issue(s);
	if (e == ERR_NONE && s->test != NULL)
		return dry ? ERR_NONE : send_test(s);
	if (e == ERR_NONE && s->list.closed_at != 0)
		e = fault_set(&s->f, ERR_CONFLICT, "the list " STR_FMT " is closed", STR_ARG(s->list.slug));
	if (e == ERR_NONE && !dry)
		return send_all(s);
	if (e == ERR_NONE)
		e = issue_store_readers(s->db, s->list.id, 0, &readers);
	if (e == ERR_NONE)
		(void)printf("%s: would go to %lld readers of " STR_FMT ", as /newsletter/" STR_FMT "/%s\n",
		    s->file, (long long)readers, STR_ARG(s->list.slug), STR_ARG(s->list.slug), s->slug);
	return e;
}

static int
cancel(struct cli *cli, const char *text)
{
	int64_t id, taken = 0;
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 0, 0) || !str_to_int(str_of(text), 1, INT64_MAX, &id))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = issue_store_cancel(db, id, clock_now(), &taken);
	if (e != ERR_NONE)
		(void)fault_set(&f, e,
		    e == ERR_NOT_FOUND ? "there is no such issue, or it was cancelled before" : "%s",
		    db_message(db));
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return printf("issue %lld cancelled, %lld mails taken back\n", (long long)id, (long long)taken) < 0
	           ? CLI_REFUSED
	           : CLI_OK;
}

/* Opens the database and finds the list that --list names. */
static bool
open_list(struct cli *cli, const char *slug, struct db **db, struct newsletter_row *out)
{
	struct fault f = {""};
	enum err e;

	if ((*db = cli_database(cli, DB_WRITER)) == NULL)
		return false;
	e = newsletter_store_by_slug(*db, cli->arena, str_of(slug), out);
	if (e == ERR_NONE)
		return true;
	(void)fault_set(&f, e,
	    e == ERR_NOT_FOUND ? "there is no list %s; poterne newsletter list shows them" : "%s", slug);
	(void)cli_fail(e, &f);
	db_close(*db);
	return false;
}

static int
send(struct cli *cli)
{
	const char *slug = cli_option(cli, "--list"), *taken = cli_option(cli, "--cancel");
	struct send s = {.cli = cli, .test = cli_option(cli, "--test"), .now = clock_now()};
	bool dry = cli_flag(cli, "--dry-run");
	enum err e;

	if (taken != NULL)
		return cancel(cli, taken);
	if (!cli_arguments(cli, 1, 1) || slug == NULL)
		return cli_usage(cli);
	s.file = cli->argv[0];
	if (!open_list(cli, slug, &s.db, &s.list))
		return CLI_REFUSED;
	e = send_file(&s, dry);
	if (e != ERR_NONE && s.f.text[0] == '\0')
		(void)fault_set(&s.f, e, "%s", db_message(s.db));
	db_close(s.db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &s.f);
}

/* Who left comes back by a consent that is new, and whoever was erased only by themselves. */
static enum err
may_add(const struct newsletter_desk *d, const char *typed, int64_t list, const char *basis, struct fault *f)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct newsletter_subscription *all;
	size_t n = 0;
	enum err e;

	if (!subscriber_email(str_of(typed), email))
		return fault_set(f, ERR_INVALID, "%s is not an e-mail address", typed);
	if ((e = erased_store_allows(d->db, str_of(email), f)) != ERR_NONE)
		return e;
	e = newsletter_store_by_email(d->db, d->arena, str_of(email), &all, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (all[i].newsletter_id == list && str_eq(all[i].state, STR("ended")) &&
		    (basis == NULL || strcmp(basis, "opt-in") != 0))
			return fault_set(f, ERR_DENIED,
			    "%s left this list; --basis opt-in says that there is a new consent", email);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(d->db));
}

/* By hand, for consents on paper and the other bases of law; never for who was erased. */
static int
change(struct cli *cli, bool on)
{
	const char *slug = cli_option(cli, "--list"), *basis = cli_option(cli, "--basis");
	struct newsletter_desk desk = {.arena = cli->arena, .config = cli->config, .now = clock_now()};
	struct newsletter_row row;
	struct lasting lasting;
	struct fault f = {""};
	enum err e;

	if (!cli_arguments(cli, 1, 1) || slug == NULL ||
	    (basis != NULL && strcmp(basis, "opt-in") != 0 && strcmp(basis, "customer") != 0 &&
	        strcmp(basis, "b2b") != 0))
		return cli_usage(cli);
	if (!open_list(cli, slug, &desk.db, &row))
		return CLI_REFUSED;
	desk.lasting = &lasting;
	e = lasting_load(cli->config->keys, &lasting, &f);
	if (e == ERR_NONE && on)
		e = may_add(&desk, cli->argv[0], row.id, basis, &f);
	if (e == ERR_NONE)
		e = newsletter_set(&desk, str_of(cli->argv[0]), row.id, on, "command", basis, &f);
	db_close(desk.db);
	return e == ERR_NONE ? CLI_OK : cli_fail(e, &f);
}

int
cli_newsletter(struct cli *cli)
{
	const char *verb = cli->argc > 0 ? cli->argv[0] : "";

	if (cli->argc > 0) {
		cli->argc--;
		cli->argv++;
	}
	if (strcmp(verb, "list") == 0)
		return list(cli);
	if (strcmp(verb, "send") == 0)
		return send(cli);
	if (strcmp(verb, "add") == 0)
		return change(cli, true);
	if (strcmp(verb, "remove") == 0)
		return change(cli, false);
	return cli_usage(cli);
}
