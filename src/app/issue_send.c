/* issue_send.c: a file with a title becomes an issue, is tried once, and is queued. */
#include "app/issue_send.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/token.h"
#include "core/issue.h"
#include "format/front.h"
#include "format/markdown.h"
#include "format/slug.h"
#include "format/typography.h"
#include "store/issue_store.h"
#include "store/outbox_store.h"

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

/* All of it, or the trial. */
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

enum err
issue_send(struct cli *cli, struct db *db, const struct newsletter_row *list,
    const struct issue_sending *what, struct fault *f)
{
	struct send s = {
	    .cli = cli, .db = db, .file = what->file, .test = what->test, .list = *list, .now = clock_now()};
	enum err e = send_file(&s, what->dry);

	if (e != ERR_NONE)
		(void)fault_set(f, e, "%s", s.f.text[0] != '\0' ? s.f.text : db_message(db));
	return e;
}
