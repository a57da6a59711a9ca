/* institution_work.c: notices of ends, and the list of networks for nginx. */
#include "app/institution_work.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "app/crawler_work.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "core/network.h"
#include "store/institution_batch.h"
#include "store/institution_facts.h"
#include "store/institution_store.h"
#include "store/outbox_store.h"

#define NOTICE_BYTES ((size_t)16 << 20)
#define NETWORKS_BYTES ((size_t)256 << 20)
#define FILE_MOST ((size_t)64 << 20)

/* 2026-11-30 as people write it. */
static void
day_of(int64_t at, char out[16])
{
	struct clock_date d = clock_local(at);

	(void)snprintf(out, 16, "%02d/%02d/%04d", d.day % 100, d.month % 100, d.year % 10000);
}

static enum err
put_notice(struct db *db, const struct config *config, struct arena *a, const struct institution_ending *e,
    int64_t now, struct fault *f)
{
	char day[16], *text;
	struct outbox_mail mail = {.to = e->email, .template = "mail_institution_ends"};
	json_t *data;

	day_of(e->ends_at - 1, day); /* the last day that is covered */
	data = json_pack("{s:s%, s:s%, s:s, s:I, s:I, s:I, s:s+}", "institution", e->name.at, e->name.len,
	    "plan", e->plan.at, e->plan.len, "last_day", day, "days",
	    (json_int_t)((e->ends_at - now + CLOCK_DAY - 1) / CLOCK_DAY), "seats", (json_int_t)e->seats,
	    "taken", (json_int_t)e->taken, "link", config->site_url, "/account/institution");
	text = data == NULL ? NULL : json_dumps(data, JSON_COMPACT);
	json_decref(data);
	if (text == NULL)
		return ERR_MEMORY;
	mail.data = arena_copy(a, str_of(text));
	free(text);
	if (mail.data.at == NULL)
		return ERR_MEMORY;
	mail.expires_at = e->ends_at;
	return outbox_store_put(db, &mail, f);
}

/* Within a transaction: of two workers the second finds the first one's rows. */
static enum err
write_notices(
    struct db *db, const struct config *config, struct arena *a, int64_t days, int64_t *n, struct fault *f)
{
	struct institution_ending *list;
	size_t count = 0;
	int64_t now = clock_now();
	enum err e = institution_notice_due(db, a, now, days, &list, &count);

	for (size_t i = 0; i < count && e == ERR_NONE; i++)
		e = put_notice(db, config, a, &list[i], now, f);
	for (size_t i = 0; i < count && e == ERR_NONE; i++)
		e = institution_notice_done(db, list[i].contract_id, days);
	*n += (int64_t)count;
	return e;
}

enum err
institution_work_notices(struct db *db, const struct config *config, struct fault *f)
{
	static const int64_t days[] = {7, 30, 60}; /* of a short contract only the last that fits */
	struct arena a;
	int64_t n = 0;
	enum err e = db_begin(db);

	arena_init(&a, NOTICE_BYTES);
	for (size_t i = 0; i < sizeof days / sizeof *days && e == ERR_NONE; i++)
		e = write_notices(db, config, &a, days[i], &n, f);
	arena_free(&a);
	if (e == ERR_NONE)
		e = db_commit(db);
	if (e != ERR_NONE) {
		db_rollback(db);
		return fault_set(f, e, "notices to institutions: %s", db_message(db));
	}
	if (n > 0)
		LOG_INFO("institution_notices", LOG_NUM("mails", n));
	return e;
}

static bool
has_contract(const struct institution_period *contracts, size_t n, int64_t institution_id)
{
	for (size_t low = 0, high = n; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (contracts[middle].institution_id == institution_id)
			return true;
		if (contracts[middle].institution_id < institution_id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static enum err
read_covered(struct db *db, struct cidr_limits limits, struct arena *a, struct cidr **out, size_t *n)
{
	struct institution_network_row *rows;
	struct institution_period *contracts;
	size_t row_n = 0, contract_n = 0;
	enum err e = institution_facts_networks(db, a, &rows, &row_n);

	*n = 0;
	if (e == ERR_NONE)
		e = institution_facts_contracts(db, a, clock_now(), &contracts, &contract_n);
	if (e != ERR_NONE)
		return e;
	if ((*out = arena_zero(a, row_n + 1, sizeof **out)) == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < row_n; i++)
		if (cidr_parse(rows[i].network, limits, &(*out)[*n], NULL) == ERR_NONE &&
		    has_contract(contracts, contract_n, rows[i].institution_id))
			++*n;
	qsort(*out, *n, sizeof **out, network_cmp);
	return ERR_NONE;
}

enum err
institution_networks_text(
    struct db *db, struct cidr_limits limits, bool nginx, struct buf *out, struct fault *f)
{
	char text[CIDR_TEXT];
	struct cidr *nets = NULL;
	struct arena a;
	size_t n = 0;
	enum err e;

	arena_init(&a, NETWORKS_BYTES);
	e = read_covered(db, limits, &a, &nets, &n);
	if (nginx)
		buf_puts(out, "# Networks of institutions with a contract, written by poterne.\n");
	for (size_t i = 0; i < n && e == ERR_NONE; i++) {
		if (i > 0 && network_cmp(&nets[i - 1], &nets[i]) == 0)
			continue;
		cidr_text(&nets[i], text);
		buf_puts(out, text);
		buf_puts(out, nginx ? " 1;\n" : "\n");
	}
	arena_free(&a);
	if (e == ERR_NONE && out->failed)
		e = ERR_MEMORY;
	return e == ERR_NONE ? e : fault_set(f, e, "networks: %s", db_message(db));
}

enum err
institution_work_networks(struct db *db, const struct config *config, struct fault *f)
{
	const struct cidr_limits limits = {(unsigned)config->widest_ipv4, (unsigned)config->widest_ipv6};
	struct buf text = BUF_EMPTY;
	struct str before = STR_NONE;
	struct arena a;
	enum err e = institution_store_limits(db, config->widest_ipv4, config->widest_ipv6);

	if (e != ERR_NONE)
		return fault_set(f, e, "limits of networks: %s", db_message(db));
	if (config->nginx_networks[0] == '\0')
		return ERR_NONE;
	arena_init(&a, FILE_MOST + 1024);
	e = institution_networks_text(db, limits, true, &text, f);
	if (e == ERR_NONE)
		e = crawler_networks_text(db, config, &text, f);
	if (e == ERR_NONE && (file_read(&a, config->nginx_networks, FILE_MOST, &before, NULL) != ERR_NONE ||
	                         !str_eq(before, buf_str(&text)))) {
		e = file_write(config->nginx_networks, buf_str(&text), 0644, true, f);
		if (e == ERR_NONE)
			LOG_INFO("networks_written", LOG_CSTR("file", config->nginx_networks));
	}
	buf_free(&text);
	arena_free(&a);
	return e;
}
