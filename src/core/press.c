/* press.c: renderings live for a second, so that a change of article or issue is in the next mail. */
#include "core/press.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/newsletter.h"
#include "format/plain.h"

#define FRESH_US ((int64_t)1000000)
#define SHEETS 16
#define ISSUE_BYTES ((size_t)16 << 20)
#define FACTS_BYTES ((size_t)1 << 20)
#define MARK_BYTES 64

struct sheet {
	uint32_t mask;
	struct letter letter;
};

struct press {
	struct issue_shop shop;
	const struct lasting *lasting;
	char mark[MARK_BYTES]; /* stands where a reader's own link comes */
	struct arena arena;    /* the issue and its articles */
	struct arena scratch;  /* one reader's facts */
	struct issue issue;
	struct issue_text text;
	int64_t loaded_at; /* ticks; 0: nothing is */
	struct sheet sheets[SHEETS];
	size_t sheet_count, next;
	char list_id[300], unsubscribe[700];
	struct buf html, plain;
};

enum err
press_open(struct press **out, const struct config *config, const struct template_set *templates,
    const json_t *common, const struct lasting *lasting, struct fault *f)
{
	struct press *p = calloc(1, sizeof *p);
	char random[TOKEN_TEXT + 1];
	enum err e;

	*out = NULL;
	if (p == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for newsletters");
	p->shop = (struct issue_shop){.config = config, .templates = templates, .common = common};
	p->lasting = lasting;
	arena_init(&p->arena, ISSUE_BYTES);
	arena_init(&p->scratch, FACTS_BYTES);
	token_new(random);
	(void)snprintf(p->mark, sizeof p->mark, "https://%s.invalid/", random);
	e = paywall_open(&p->shop.paywall, (size_t)1 << 20);
	if (e == ERR_NONE)
		e = db_open(&p->shop.doors.open, config->database, DB_PUBLIC, false, f);
	if (e == ERR_NONE)
		e = db_open(&p->shop.doors.full, config->database, DB_ENTITLED, false, f);
	if (e != ERR_NONE) {
		press_close(p);
		return e;
	}
	*out = p;
	return ERR_NONE;
}

static void
drop_sheets(struct press *p)
{
	issue_release(&p->text);
	p->text = (struct issue_text){.piece_count = 0};
	p->sheet_count = p->next = 0;
	p->loaded_at = 0;
	arena_reset(&p->arena);
}

void
press_close(struct press *p)
{
	if (p == NULL)
		return;
	drop_sheets(p);
	for (size_t i = 0; i < SHEETS; i++)
		letter_free(&p->sheets[i].letter);
	buf_free(&p->html);
	buf_free(&p->plain);
	paywall_close(p->shop.paywall);
	db_close(p->shop.doors.open);
	db_close(p->shop.doors.full);
	arena_free(&p->arena);
	arena_free(&p->scratch);
	free(p);
}

static enum err
load(struct press *p, int64_t issue_id, int64_t now, struct fault *f)
{
	struct str host = str_of(p->shop.config->site_url);
	enum err e;

	if (p->loaded_at != 0 && p->issue.id == issue_id && clock_ticks() - p->loaded_at < FRESH_US)
		return ERR_NONE;
	drop_sheets(p);
	e = issue_store_read(p->shop.doors.full, &p->arena, issue_id, &p->issue);
	if (e == ERR_NONE)
		e = issue_parse(&p->arena, p->issue.markdown, &p->text, f);
	if (e == ERR_NONE)
		e = issue_resolve(&p->shop, &p->arena, &p->text, now, NULL);
	if (e != ERR_NONE)
		return fault_set(f, e, "issue %lld could not be read", (long long)issue_id);
	host = str_slice(host, str_find(host, STR("//")) + 2, host.len);
	host = str_slice(host, 0, str_find(host, STR(":")));
	(void)snprintf(
	    p->list_id, sizeof p->list_id, STR_FMT "." STR_FMT, STR_ARG(p->issue.list_slug), STR_ARG(host));
	p->loaded_at = clock_ticks();
	return ERR_NONE;
}

/* Facts of whoever has the address; NULL: a stranger. */
static enum err
read_facts(struct press *p, struct str email, int64_t now, struct facts *room, const struct facts **out)
{
	int64_t id = 0;
	enum err e = issue_store_account(p->shop.doors.full, email, &id);

	*out = NULL;
	if (e != ERR_NONE || id == 0)
		return e;
	e = facts_read(p->shop.doors.open, &p->scratch, id, now, room);
	if (e == ERR_NONE)
		*out = room;
	return e;
}

/* A list for subscribers is judged as an article for subscribers is. */
static bool
may_receive(const struct press *p, const struct facts *facts, int64_t now)
{
	const struct rights list = {.article = {.access = ACCESS_SUBSCRIBER}};

	return str_eq(p->issue.list_access, STR("public")) ||
	       paywall_decide(&list, facts, NULL, now).verdict == VERDICT_FULL;
}

static json_t *
letter_data(const struct press *p, struct str html, struct str text)
{
	const struct issue *i = &p->issue;
	json_t *data = json_pack("{s:s%, s:{s:s%}, s:s%, s:s%, s:s}", "title", i->title.at, i->title.len,
	    "newsletter", "name", i->list_name.at, i->list_name.len, "content_html",
	    html.len > 0 ? html.at : "", html.len, "content_text", text.len > 0 ? text.at : "", text.len,
	    "unsubscribe", p->mark);

	if (data != NULL && json_object_set_new(data, "archive",
	                        json_sprintf("%s/newsletter/" STR_FMT "/" STR_FMT, p->shop.config->site_url,
	                            STR_ARG(i->list_slug), STR_ARG(i->slug))) != 0) {
		json_decref(data);
		return NULL;
	}
	return data;
}

static enum err
find_sheet(struct press *p, const struct facts *facts, int64_t now, struct sheet **out, struct fault *f)
{
	uint32_t mask = issue_mask(&p->text, facts, now);
	struct buf html = BUF_EMPTY, text = BUF_EMPTY;
	struct sheet *s;
	json_t *data;
	enum err e;

	for (size_t i = 0; i < p->sheet_count; i++)
		if (p->sheets[i].mask == mask) {
			*out = &p->sheets[i];
			return ERR_NONE;
		}
	s = &p->sheets[p->next];
	p->next = (p->next + 1) % SHEETS;
	s->mask = UINT32_MAX;
	e = issue_html(&p->shop, &p->text, facts, now, &html, f);
	if (e == ERR_NONE)
		plain_from_html(&text, buf_str(&html));
	data = e == ERR_NONE && !text.failed ? letter_data(p, buf_str(&html), buf_str(&text)) : NULL;
	if (e == ERR_NONE)
		e = data == NULL ? fault_set(f, ERR_MEMORY, "no memory for an issue")
		                 : letter_render(p->shop.templates, p->shop.common, "mail_newsletter", data,
		                       &s->letter, f);
	json_decref(data);
	buf_free(&html);
	buf_free(&text);
	if (e != ERR_NONE)
		return e;
	s->mask = mask;
	if (p->sheet_count < SHEETS)
		p->sheet_count++;
	*out = s;
	return ERR_NONE;
}

/* The template with the reader's own link where the mark stands. */
static void
put_link(const struct press *p, struct buf *out, struct str from)
{
	struct str mark = str_of(p->mark);

	buf_clear(out);
	for (;;) {
		size_t at = str_find(from, mark);

		buf_put(out, str_slice(from, 0, at));
		if (at == from.len)
			return;
		buf_puts(out, p->unsubscribe);
		from = str_slice(from, at + mark.len, from.len);
	}
}

enum err
press_print(struct press *p, int64_t issue_id, int64_t subscription_id, struct str email, int64_t now,
    struct press_sheet *out, struct fault *f)
{
	const struct facts *facts = NULL;
	struct facts room;
	struct sheet *sheet = NULL;
	enum err e = load(p, issue_id, now, f);

	arena_reset(&p->scratch);
	if (e == ERR_NONE && (e = read_facts(p, email, now, &room, &facts)) != ERR_NONE)
		(void)fault_set(f, e, "the reader's rights could not be read");
	if (e == ERR_NONE && !may_receive(p, facts, now))
		return ERR_DENIED;
	if (e == ERR_NONE)
		e = find_sheet(p, facts, now, &sheet, f);
	if (e == ERR_NONE && !newsletter_leave_url(p->lasting, p->shop.config->site_url, subscription_id,
	                         p->unsubscribe, sizeof p->unsubscribe))
		e = fault_set(f, ERR_INVALID, "[site] url is too long for a mail");
	if (e != ERR_NONE)
		return e;
	put_link(p, &p->html, buf_str(&sheet->letter.html));
	put_link(p, &p->plain, buf_str(&sheet->letter.text));
	*out = (struct press_sheet){.subject = str_trim(buf_str(&sheet->letter.subject)),
	    .text = buf_str(&p->plain),
	    .html = buf_str(&p->html),
	    .list_id = str_of(p->list_id),
	    .unsubscribe = str_of(p->unsubscribe)};
	return p->html.failed || p->plain.failed ? fault_set(f, ERR_MEMORY, "no memory for an issue")
	                                         : ERR_NONE;
}
