/* cli_mailcheck.c: poterne mailcheck: is what large mail providers ask of a sender there (U14). */
#include <stdio.h>
#include <string.h>

#include "app/cli.h"
#include "app/dns_text.h"
#include "app/verbs.h"
#include "format/mail_policy.h"
#include "format/mime.h"

#define DOMAIN_BYTES 260

struct examination {
	struct cli *cli;
	const char *server;
	json_t *rows;
	bool bad;
	struct fault *f;
};

static enum err
add(struct examination *x, const char *name, const struct policy *p)
{
	static const char *const marks[] = {"good", "weak", "BAD"};

	x->bad |= p->mark == POLICY_BAD;
	return json_array_append_new(x->rows,
	           json_pack("{s:s, s:s, s:s, s:s%}", "check", name, "result", marks[p->mark], "why",
	               p->words, "record", p->record.len > 0 ? p->record.at : "", p->record.len)) == 0
	           ? ERR_NONE
	           : fault_set(x->f, ERR_MEMORY, "no memory for the table");
}

static enum err
examine(struct examination *x, const char *check, const char *name,
    struct policy (*judge)(const struct str *texts, size_t n))
{
	struct str texts[DNS_TEXTS];
	struct policy p;
	size_t n = 0;
	enum err e = dns_texts(x->cli->arena, x->server, name, texts, &n, x->f);

	if (e != ERR_NONE)
		return e;
	p = judge(texts, n);
	return add(x, check, &p);
}

/* RFC 7489 6.6.3: the domain's own policy, else that of the domain above it, as far as two labels. */
static enum err
examine_dmarc(struct examination *x, const char *domain)
{
	char name[DOMAIN_BYTES + 10];
	struct str texts[DNS_TEXTS];
	struct policy p;
	size_t n = 0;
	enum err e;

	for (;;) {
		(void)snprintf(name, sizeof name, "_dmarc.%s", domain);
		e = dns_texts(x->cli->arena, x->server, name, texts, &n, x->f);
		if (e != ERR_NONE)
			return e;
		p = policy_dmarc(texts, n);
		domain = strchr(domain, '.');
		if (p.record.len > 0 || n > 0 || domain == NULL || strchr(++domain, '.') == NULL)
			return add(x, "dmarc", &p);
	}
}

static enum err
examine_replies(struct examination *x, const char *domain)
{
	bool takes = false;
	struct policy p = {POLICY_GOOD, "replies and bounces can be delivered", STR_NONE};
	enum err e = dns_takes_mail(x->server, domain, &takes, x->f);

	if (!takes)
		p = (struct policy){
		    POLICY_BAD, "no MX record and no address: replies cannot be delivered", STR_NONE};
	return e == ERR_NONE ? add(x, "replies", &p) : e;
}

/* What the configuration decides: one-click needs an https address, and the way to the mail server must be private. */
static enum err
examine_settings(struct examination *x)
{
	const struct config *c = x->cli->config;
	struct policy leave = {
	    POLICY_GOOD, "List-Unsubscribe leads to an https address", str_of(c->site_url)};
	struct policy way = {POLICY_GOOD, "mail goes to a mail server", str_of(c->mail_smtp_url)};
	enum err e;

	if (!str_starts(str_of(c->site_url), STR("https://")))
		leave = (struct policy){POLICY_BAD,
		    "[site] url is not https: providers take no one-click from it", str_of(c->site_url)};
	if (!str_eq(str_of(c->mail_transport), STR("smtp")))
		way = (struct policy){
		    POLICY_BAD, "[mail] transport = file: nothing leaves this machine", STR_NONE};
	e = add(x, "one-click", &leave);
	return e == ERR_NONE ? add(x, "transport", &way) : e;
}

static enum err
examine_all(struct examination *x, const char *domain, const char *selector)
{
	char name[2 * DOMAIN_BYTES];
	struct policy unnamed = {POLICY_BAD,
	    "name the selector of the mail server's key: [mail] dkim_selector, or --selector", STR_NONE};
	enum err e = examine(x, "spf", domain, policy_spf);

	(void)snprintf(name, sizeof name, "%s._domainkey.%s", selector, domain);
	if (e == ERR_NONE)
		e = *selector == '\0' ? add(x, "dkim", &unnamed) : examine(x, "dkim", name, policy_dkim);
	if (e == ERR_NONE)
		e = examine_dmarc(x, domain);
	if (e == ERR_NONE)
		e = examine_replies(x, domain);
	return e == ERR_NONE ? examine_settings(x) : e;
}

/* Of the sender, which is both in the envelope and in the header: SPF and DKIM are aligned when they are this domain's. */
static const char *
sender_domain(const struct config *c)
{
	const char *from = c->mail_from[0] != '\0' ? c->mail_from : c->site_contact;

	return mime_address(str_of(from)) ? strchr(from, '@') + 1 : NULL;
}

int
cli_mailcheck(struct cli *cli)
{
	static const struct cli_column columns[] = {
	    {"check", "CHECK", false}, {"result", "RESULT", false}, {"why", "WHY", false}};
	struct fault f = {""};
	struct examination x = {.cli = cli, .server = cli_option(cli, "--dns"), .f = &f};
	const char *selector = cli_option(cli, "--selector"), *domain = sender_domain(cli->config);
	enum err e = ERR_NONE;
	int code;

	if (!cli_arguments(cli, 0, 1))
		return cli_usage(cli);
	if (cli->argc == 1)
		domain = cli->argv[0];
	if (domain == NULL || *domain == '\0' || strlen(domain) >= DOMAIN_BYTES)
		return cli_fail(fault_set(&f, ERR_INVALID,
		                    "[mail] from: there is no sender whose domain could be checked"),
		    &f);
	if ((x.rows = json_array()) == NULL)
		e = fault_set(&f, ERR_MEMORY, "no memory for the table");
	if (e == ERR_NONE)
		e = examine_all(&x, domain, selector != NULL ? selector : cli->config->mail_dkim_selector);
	if (e != ERR_NONE) {
		json_decref(x.rows);
		return cli_fail(e, &f);
	}
	code = cli_print(cli, x.rows, columns, sizeof columns / sizeof *columns);
	return code == CLI_OK && x.bad ? CLI_REFUSED : code;
}
