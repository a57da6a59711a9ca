/* cli_access.c: poterne access explain EMAIL|- URL: who may read what, and why. */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "app/words.h"
#include "base/clock.h"
#include "core/coverage.h"
#include "core/crawlers.h"
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
	const struct rights *rights;
	struct facts facts; /* nobody's until a reader is found */
	struct period *own; /* of facts.reader.periods those at the beginning */
	size_t own_count;
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
	return json_pack("{s:s%, s:s%, s:s%, s:s, s:o}", "slug", shown.slug.at, shown.slug.len, "section",
	    shown.section.at, shown.section.len, "title", shown.title.at, shown.title.len, "access",
	    access_name(article->access), "plans", plans);
}

/* The steps that core/explain.h found, in English. Who reads was told before, by name. */
static void
tell(struct question *q, const struct explain_step *s)
{
	const struct words_of of = {q->plans, q->plan_count, &q->facts.reader, q->own, q->own_count,
	    q->rights->article.plan_count == 0};
	char finding[WORDS_FINDING];
	const char *fact = words_of_step(&of, s, finding);

	if (fact != NULL)
		step(q, fact, "%s", finding);
}

static enum err
tell_all(struct question *q, const struct explain_question *asked, struct decision *out)
{
	struct explain_step *steps = arena_zero(q->cli->arena, explain_room(asked), sizeof *steps);
	size_t n = steps == NULL ? 0 : explain_chain(asked, steps);

	if (steps == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < n; i++)
		tell(q, &steps[i]);
	*out = entitlement_decide(asked->article, asked->reader, asked->visit, asked->at);
	return ERR_NONE;
}

/* Whether the address is a search engine's, as far as the worker has found out. */
static enum err
find_crawler(struct question *q, struct entitlement_visit *visit)
{
	struct crawlers *crawlers = NULL;
	enum err e = ERR_NONE;

	if (crawlers_wanted(q->cli->config))
		e = crawlers_load(&crawlers, q->db, q->at);
	visit->crawler = crawlers_have(crawlers, str_of(q->ip));
	crawlers_release(crawlers);
	return e;
}

/* The contracts of the address's networks. */
static enum err
find_network(struct question *q, struct coverage **coverage, struct entitlement_visit *visit)
{
	const struct cidr_limits limits = {
	    (unsigned)q->cli->config->widest_ipv4, (unsigned)q->cli->config->widest_ipv6};
	enum err e = ERR_NONE;

	if (q->ip == NULL)
		return e;
	e = coverage_load(coverage, q->db, limits, q->at, NULL);
	if (e == ERR_NONE)
		visit->period_count = coverage_find(*coverage, str_of(q->ip), &visit->periods);
	if (e == ERR_NONE && visit->period_count == 0)
		step(q, "network", "%s belongs to no institution known here", q->ip);
	return e == ERR_NONE ? find_crawler(q, visit) : e;
}

static enum err
read_facts(struct question *q, int64_t subscriber_id)
{
	enum err e = facts_read(q->db, q->cli->arena, subscriber_id, q->at, &q->facts);

	if (e == ERR_NONE)
		e = subscription_store_periods(q->db, q->cli->arena, subscriber_id, &q->own, &q->own_count);
	return e;
}

static enum err
explain_reader(struct question *q, json_t **reader)
{
	struct subscriber s;
	enum err e;

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
	return read_facts(q, s.id);
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

static enum err
decide(struct question *q, const struct rights *rights, struct decision *d)
{
	struct coverage *coverage = NULL;
	struct entitlement_visit visit = {.free_read = facts_free_read(&q->facts, rights->article_id, q->at)};
	const struct explain_question asked = {&rights->article, &q->facts.reader, &visit, q->at};
	enum err e = find_network(q, &coverage, &visit);

	if (e == ERR_NONE)
		e = tell_all(q, &asked, d);
	coverage_release(coverage);
	return e;
}

static int
answer(struct question *q, struct paywall *pw)
{
	struct rights *rights = NULL;
	json_t *reader = NULL, *article;
	struct decision d = {VERDICT_TEASER, REASON_ACCESS_UNKNOWN, NULL};
	int status;
	enum err e;

	if ((e = subscription_store_plans(q->db, q->cli->arena, &q->plans, &q->plan_count)) != ERR_NONE ||
	    (e = find_article(q, pw, &rights)) != ERR_NONE)
		return cli_fail(e, &q->fault);
	q->rights = rights;
	article = explain_article(q, rights);
	status = explain_publication(q, rights);
	e = explain_reader(q, &reader);
	if (e == ERR_NONE)
		e = decide(q, rights, &d);
	memo_release(&rights->head);
	if (e == ERR_NONE)
		return print_answer(q, status, &d, article, reader);
	json_decref(article);
	json_decref(reader);
	return cli_fail(e, &q->fault);
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
