/* cli_access.c: poterne access explain EMAIL|- URL: who may read what, and why. */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/explain.h"
#include "core/paywall.h"
#include "format/url.h"
#include "store/article_store.h"
#include "store/subscriber_store.h"
#include "store/subscription_store.h"

#define RIGHTS_BYTES ((size_t)1 << 20)

struct question {
	struct cli *cli;
	struct db *db;
	const char *email, *url, *ip; /* email NULL: a stranger; ip may be NULL */
	int64_t at;
	struct plan *plans;
	size_t plan_count;
	json_t *steps; /* objects of fact and finding */
	struct fault fault;
};

static void step(struct question *q, const char *fact, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
step(struct question *q, const char *fact, const char *fmt, ...)
{
	char finding[4096]; /* the longest title fits several times */
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(finding, sizeof finding, fmt, args);
	va_end(args);
	(void)json_array_append_new(q->steps, json_pack("{s:s, s:s}", "fact", fact, "finding", finding));
}

static const char *
day(int64_t at, char out[CLOCK_TEXT])
{
	clock_rfc3339_local(at, out);
	return out;
}

static struct str
plan_slug(const struct question *q, int64_t id)
{
	for (size_t i = 0; i < q->plan_count; i++)
		if (q->plans[i].id == id)
			return q->plans[i].slug;
	return STR("?");
}

/* "https://SITE/SECTION/SLUG" or "/SECTION/SLUG": section and slug of it. */
static enum err
read_url(struct question *q, struct str *section, struct str *slug)
{
	struct str uri = str_of(q->url), site = str_of(q->cli->config->site_url), rest;
	struct url url;

	if (str_starts(uri, site))
		uri = str_slice(uri, site.len, uri.len);
	if (uri.len == 0 || uri.at[0] != '/')
		return fault_set(
		    &q->fault, ERR_INVALID, "%s is not an address of %s", q->url, q->cli->config->site_url);
	switch (url_canonical(uri, true, q->cli->arena, &url)) {
	case URL_CANONICAL:
	case URL_REDIRECT: break;
	case URL_NO_MEMORY: return ERR_MEMORY;
	case URL_BAD:
	default: return fault_set(&q->fault, ERR_INVALID, "%s cannot be an address here", q->url);
	}
	rest = str_slice(url.path, 1, url.path.len);
	if (str_split(&rest, '/', section) && str_split(&rest, '/', slug) && slug->len > 0 && rest.at == NULL)
		return ERR_NONE;
	return fault_set(
	    &q->fault, ERR_INVALID, "%s is not the address of an article: /SECTION/SLUG", q->url);
}

/* Follows an old address once, as the site does. */
static enum err
find_article(struct question *q, struct paywall *pw, struct rights **out)
{
	struct paywall_doors doors = {q->db, NULL};
	struct str section, slug, path, now;
	enum err e = read_url(q, &section, &slug);

	if (e != ERR_NONE)
		return e;
	e = paywall_article(pw, &doors, section, slug, out);
	if (e != ERR_NOT_FOUND)
		return e;
	path = arena_printf(q->cli->arena, STR_FMT "/" STR_FMT, STR_ARG(section), STR_ARG(slug));
	e = article_store_moved(q->db, q->cli->arena, path, &now);
	if (e == ERR_NONE) {
		step(q, "old address", "it leads to /" STR_FMT " now", STR_ARG(now));
		if (str_split(&now, '/', &section) && str_split(&now, '/', &slug))
			e = paywall_article(pw, &doors, section, slug, out);
		else
			e = ERR_NOT_FOUND;
	}
	return e == ERR_NOT_FOUND ? fault_set(&q->fault, e, "no article has the address %s", q->url) : e;
}

/* The status of the page for everyone: whether there is anything to decide. */
static int
explain_publication(struct question *q, const struct rights *rights)
{
	char text[CLOCK_TEXT];

	if (rights->withdrawn_at != 0 && rights->withdrawn_at <= q->at) {
		step(q, "publication", "withdrawn since %s: the address answers 410",
		    day(rights->withdrawn_at, text));
		return 410;
	}
	if (rights->published_at == 0 || rights->published_at > q->at) {
		step(q, "publication", "%s%s: the address answers 404",
		    rights->published_at == 0 ? "a draft, or not rendered yet" : "scheduled for ",
		    rights->published_at == 0 ? "" : day(rights->published_at, text));
		return 404;
	}
	step(q, "publication", "public since %s", day(rights->published_at, text));
	return 200;
}

static json_t *
explain_article(struct question *q, const struct rights *rights)
{
	const struct entitlement_article *article = &rights->article;
	struct article shown;
	json_t *plans = json_array();

	if (article_store_read(q->db, q->cli->arena, rights->article_id, &shown) != ERR_NONE)
		shown.title = shown.section = shown.slug = STR_NONE;
	step(q, "article", "number %lld, /" STR_FMT "/" STR_FMT ": " STR_FMT, (long long)rights->article_id,
	    STR_ARG(shown.section), STR_ARG(shown.slug), STR_ARG(shown.title));
	for (size_t i = 0; i < article->plan_count; i++) {
		struct str slug = plan_slug(q, article->plans[i]);

		(void)json_array_append_new(plans, json_stringn(slug.at, slug.len));
	}
	if (article->access != ACCESS_SUBSCRIBER)
		step(q, "access", "%s", access_name(article->access));
	else if (article->plan_count == 0)
		step(q, "access", "subscriber, any plan opens it");
	for (size_t i = 0; article->access == ACCESS_SUBSCRIBER && i < article->plan_count; i++)
		step(q, "access", "subscriber, the plan " STR_FMT " opens it",
		    STR_ARG(plan_slug(q, article->plans[i])));
	return json_pack("{s:s%, s:s%, s:s%, s:s, s:o}", "slug", shown.slug.at, shown.slug.len, "section",
	    shown.section.at, shown.section.len, "title", shown.title.at, shown.title.len, "access",
	    access_name(article->access), "plans", plans);
}

/* One period with what it alone would lead to. */
static void
explain_period(struct question *q, const struct rights *rights, const struct period *p,
    const struct entitlement_period *fact)
{
	struct entitlement_reader alone = {.signed_in = true, .periods = fact, .period_count = 1};
	struct decision d = entitlement_decide(&rights->article, &alone, NULL, q->at);
	char from[CLOCK_TEXT], until[CLOCK_TEXT], ended[CLOCK_TEXT] = "";

	if (p->ended_at != 0)
		(void)day(p->ended_at, ended);
	step(q, "period", STR_FMT " (" STR_FMT "), %s to %s, grace %lld days%s%s: %s", STR_ARG(p->plan),
	    STR_ARG(p->kind), day(p->starts_at, from), day(p->ends_at, until),
	    (long long)(p->grace_s / CLOCK_DAY), p->ended_at != 0 ? ", stopped " : "", ended,
	    reason_name(d.reason));
}

static enum err
explain_periods(
    struct question *q, const struct rights *rights, int64_t subscriber_id, struct entitlement_reader *out)
{
	struct entitlement_period *facts;
	struct period *periods = NULL;
	size_t n = 0;
	enum err e = subscription_store_periods(q->db, q->cli->arena, subscriber_id, &periods, &n);

	if (e != ERR_NONE)
		return e;
	if ((facts = arena_zero(q->cli->arena, n + 1, sizeof *facts)) == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++) {
		facts[i] = (struct entitlement_period){.plan_id = periods[i].plan_id,
		    .starts_at = periods[i].starts_at,
		    .ends_at = periods[i].ends_at,
		    .grace_s = periods[i].grace_s,
		    .ended_at = periods[i].ended_at};
		explain_period(q, rights, &periods[i], &facts[i]);
	}
	if (n == 0)
		step(q, "period", "none: never subscribed");
	*out = (struct entitlement_reader){.signed_in = true, .periods = facts, .period_count = n};
	return ERR_NONE;
}

static enum err
explain_reader(
    struct question *q, const struct rights *rights, struct entitlement_reader *out, json_t **reader)
{
	struct subscriber s;
	enum err e;

	*out = (struct entitlement_reader){.signed_in = false};
	*reader = json_null();
	if (q->email == NULL) {
		step(q, "reader", "a stranger: nobody is signed in");
		return ERR_NONE;
	}
	e = subscriber_store_by_email(q->db, q->cli->arena, str_of(q->email), &s);
	if (e == ERR_NOT_FOUND || e == ERR_INVALID)
		return fault_set(&q->fault, e, "there is no subscriber %s", q->email);
	if (e != ERR_NONE)
		return e;
	*reader = json_pack("{s:I, s:s%}", "id", (json_int_t)s.id, "email", s.email.at, s.email.len);
	if (s.blocked_at != 0) {
		step(q, "reader", STR_FMT ", number %lld, is blocked: reads as a stranger", STR_ARG(s.email),
		    (long long)s.id);
		return ERR_NONE;
	}
	step(q, "reader", STR_FMT ", number %lld, once signed in", STR_ARG(s.email), (long long)s.id);
	return explain_periods(q, rights, s.id, out);
}

static int
print_answer(struct question *q, int status, const struct decision *d, json_t *article, json_t *reader)
{
	static const struct cli_column columns[] = {{"fact", "FACT", false}, {"finding", "FINDING", false}};
	const char *verdict = status != 200 ? "none" : d->verdict == VERDICT_FULL ? "full" : "teaser";
	const char *reason = status == 410   ? "withdrawn"
	                     : status == 404 ? "not_published"
	                                     : reason_name(d->reason);
	char at[CLOCK_TEXT];
	json_t *answer;
	int bad;

	if (!q->cli->json) {
		step(q, "decision", "%s: %s (%s)", verdict, reason,
		    status == 200 ? explain_reason(d->reason) : "there is no page");
		json_decref(article);
		json_decref(reader);
		return cli_print(q->cli, json_incref(q->steps), columns, 2);
	}
	answer = json_pack("{s:s, s:s, s:s?, s:o, s:o, s:O, s:i, s:s, s:s}", "url", q->url, "at",
	    day(q->at, at), "ip", q->ip, "article", article, "reader", reader, "steps", q->steps, "status",
	    status, "verdict", verdict, "reason", reason);
	bad = answer == NULL || json_dumpf(answer, stdout, JSON_INDENT(2)) != 0 ||
	      fputc('\n', stdout) == EOF || fflush(stdout) != 0;
	json_decref(answer);
	return bad != 0 ? cli_fail(ERR_INTERNAL, NULL) : CLI_OK;
}

static int
answer(struct question *q, struct paywall *pw)
{
	struct facts facts = {.reader = {.signed_in = false}};
	struct rights *rights = NULL;
	json_t *reader = NULL, *article;
	struct decision d;
	int status;
	enum err e;

	if ((e = subscription_store_plans(q->db, q->cli->arena, &q->plans, &q->plan_count)) != ERR_NONE ||
	    (e = find_article(q, pw, &rights)) != ERR_NONE)
		return cli_fail(e, &q->fault);
	article = explain_article(q, rights);
	status = explain_publication(q, rights);
	if ((e = explain_reader(q, rights, &facts.reader, &reader)) != ERR_NONE) {
		json_decref(article);
		memo_release(&rights->head);
		return cli_fail(e, &q->fault);
	}
	if (q->ip != NULL)
		step(q, "network", "%s belongs to no institution known here", q->ip);
	d = paywall_decide(rights, &facts, NULL, q->at);
	memo_release(&rights->head);
	return print_answer(q, status, &d, article, reader);
}

static bool
is_address(const char *ip)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, ip, bytes) == 1 || inet_pton(AF_INET6, ip, bytes) == 1;
}

static int
explain(struct cli *cli)
{
	const char *at = cli_option(cli, "--at"), *ip = cli_option(cli, "--ip");
	struct question q = {.cli = cli, .ip = ip, .at = clock_now()};
	struct paywall *pw;
	int status = CLI_REFUSED;

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	q.email = strcmp(cli->argv[0], "-") == 0 ? NULL : cli->argv[0];
	q.url = cli->argv[1];
	if (at != NULL && !clock_parse(str_of(at), &q.at))
		return cli_fail(fault_set(&q.fault, ERR_INVALID,
		                    "%s is not a time: 2026-03-01, \"2026-03-01 09:30\" or RFC 3339", at),
		    &q.fault);
	if (ip != NULL && !is_address(ip))
		return cli_fail(fault_set(&q.fault, ERR_INVALID, "%s is not an IP address", ip), &q.fault);
	if ((q.db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	q.steps = json_array();
	if (q.steps != NULL && paywall_open(&pw, RIGHTS_BYTES) == ERR_NONE) {
		status = answer(&q, pw);
		paywall_close(pw);
	}
	json_decref(q.steps);
	db_close(q.db);
	return status;
}

int
cli_access(struct cli *cli)
{
	if (cli->argc == 0 || strcmp(cli->argv[0], "explain") != 0)
		return cli_usage(cli);
	cli->argc--;
	cli->argv++;
	return explain(cli);
}
