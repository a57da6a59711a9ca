/* cli_institution.c: poterne institution: town halls and other bodies that read together. */
#include "app/cli_institution.h"

#include <stdlib.h>
#include <string.h>

#include "app/cli_json.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "format/siret.h"
#include "format/slug.h"
#include "store/institution_batch.h"
#include "store/seat_store.h"

#define BATCH 500
#define BATCH_BYTES ((size_t)8 << 20)
#define MONTHS 12

static const struct cli_column columns[] = {{"id", "ID", true}, {"slug", "SLUG", false},
    {"name", "NAME", false}, {"status", "STATUS", false}, {"plans", "PLANS", false}, {"seats", "SEATS", true},
    {"taken", "TAKEN", true}, {"until", "UNTIL", false}};
#define COLUMNS (sizeof columns / sizeof *columns)

/* active, expired or none for what its contracts come to; suspended wins. */
static const char *
status_of(const struct institution *i)
{
	if (!str_eq(i->status, STR("active")))
		return "suspended";
	return i->plans.len > 0         ? "active"
	       : i->until == 0          ? "none"
	       : i->until > clock_now() ? "to come"
	                                : "expired";
}

static json_t *
json_institution(const struct institution *i)
{
	json_t *o = json_pack("{s:I, s:s%, s:s%, s:s%, s:s, s:o, s:I, s:I, s:o}", "id", (json_int_t)i->id,
	    "slug", i->slug.at, i->slug.len, "name", i->name.at, i->name.len, "siret", i->siret.at,
	    i->siret.len, "status", status_of(i), "plans", cli_json_list(i->plans), "seats",
	    (json_int_t)i->seats, "taken", (json_int_t)i->taken, "until", cli_json_time(i->until));

	if (i->siret.len == 0)
		(void)json_object_set_new(o, "siret", json_null());
	return o;
}

enum err
cli_institution_find(struct cli *cli, struct db *db, int i, struct institution *out, struct fault *f)
{
	return institution_store_find(db, cli->arena, str_of(cli->argv[i]), clock_now(), out, f);
}

struct cidr_limits
cli_institution_limits(const struct cli *cli)
{
	return (struct cidr_limits){(unsigned)cli->config->widest_ipv4, (unsigned)cli->config->widest_ipv6};
}

int
cli_institution_print(struct cli *cli, struct db *db, int64_t id)
{
	struct institution *row;
	size_t n = 0;
	json_t *rows = json_array();
	enum err e = institution_store_list(db, cli->arena, id - 1, clock_now(), 1, &row, &n);

	if (e == ERR_NONE && (n != 1 || json_array_append_new(rows, json_institution(row)) != 0))
		e = ERR_MEMORY;
	return cli_json_print(cli, e, NULL, rows, columns, COLUMNS);
}

static int
add(struct cli *cli)
{
	const char *slug = cli_option(cli, "--slug"), *siret = cli_option(cli, "--siret");
	char digits[SIRET_DIGITS + 1] = "", made[SLUG_MAX + 1];
	struct fault f = {""};
	struct db *db;
	int64_t id = 0;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if (siret != NULL && !siret_read(str_of(siret), digits))
		return cli_fail(
		    fault_set(&f, ERR_INVALID,
		        "%.40s is no SIRET: 14 digits, the last of which checks the others", siret),
		    &f);
	if (slug == NULL && slug_make(str_of(cli->argv[0]), made) == 0)
		return cli_fail(
		    fault_set(&f, ERR_INVALID, "no slug can be made of this name; give --slug"), &f);
	if ((db = cli_database(cli, DB_WRITER)) == NULL)
		return CLI_REFUSED;
	e = institution_store_add(
	    db, str_of(slug != NULL ? slug : made), str_of(cli->argv[0]), str_of(digits), &id, &f);
	status = e == ERR_NONE ? cli_institution_print(cli, db, id) : cli_fail(e, &f);
	db_close(db);
	return status;
}

static int
list(struct cli *cli)
{
	struct institution *rows;
	struct arena arena;
	json_t *out = json_array();
	struct db *db;
	int64_t after = 0;
	size_t n = 0;
	enum err e = ERR_NONE;

	if (!cli_arguments(cli, 0, 0) || (db = cli_database(cli, DB_ENTITLED)) == NULL) {
		json_decref(out);
		return cli->argc > 0 ? cli_usage(cli) : CLI_REFUSED;
	}
	arena_init(&arena, BATCH_BYTES);
	do {
		arena_reset(&arena);
		e = institution_store_list(db, &arena, after, clock_now(), BATCH, &rows, &n);
		for (size_t i = 0; i < n && e == ERR_NONE; i++) {
			after = rows[i].id;
			if (json_array_append_new(out, json_institution(&rows[i])) != 0)
				e = ERR_MEMORY;
		}
	} while (e == ERR_NONE && n == BATCH);
	arena_free(&arena);
	db_close(db);
	return cli_json_print(cli, e, NULL, out, columns, COLUMNS);
}

static json_t *
json_contracts(struct db *db, struct arena *a, int64_t id)
{
	struct institution_contract *c;
	json_t *rows = json_array();
	size_t n = 0;

	if (institution_store_contracts(db, a, id, &c, &n) != ERR_NONE)
		n = 0;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(rows,
		    json_pack("{s:I, s:s%, s:I, s:b, s:o, s:o, s:I, s:s%, s:o, s:o}", "id",
		        (json_int_t)c[i].id, "plan", c[i].plan.at, c[i].plan.len, "seats",
		        (json_int_t)c[i].seats, "networks", c[i].networks != 0, "starts_at",
		        cli_json_time(c[i].starts_at), "ends_at", cli_json_time(c[i].ends_at), "grace_s",
		        (json_int_t)c[i].grace_s, "order", c[i].purchase_order.at, c[i].purchase_order.len,
		        "paid_at", cli_json_time(c[i].paid_at), "ended_at", cli_json_time(c[i].ended_at)));
	return rows;
}

static json_t *
json_items(struct db *db, struct arena *a, enum institution_list which, int64_t id)
{
	struct institution_item *items;
	json_t *rows = json_array();
	size_t n = 0;

	if (institution_store_items(db, a, which, id, &items, &n) != ERR_NONE)
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (items[i].ended_at == 0)
			(void)json_array_append_new(
			    rows, json_pack("{s:s%, s:s%, s:o}", "text", items[i].text.at, items[i].text.len,
			              "label", items[i].label.at, items[i].label.len, "since",
			              cli_json_time(items[i].created_at)));
	return rows;
}

static json_t *
json_usage(struct db *db, struct arena *a, int64_t id)
{
	struct institution_month *months;
	json_t *rows = json_array();
	size_t n = 0;

	if (institution_usage_list(db, a, id, MONTHS, &months, &n) != ERR_NONE)
		n = 0;
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(rows,
		    json_pack("{s:s%, s:I, s:I}", "month", months[i].month.at, months[i].month.len, "by_seat",
		        (json_int_t)months[i].seat, "by_network", (json_int_t)months[i].network));
	return rows;
}

/* A heading and a table, when there is anything to show. Takes over the reference. */
static int
print_part(struct cli *cli, const char *title, json_t *rows, const struct cli_column *cols, size_t n)
{
	if (json_array_size(rows) == 0) {
		json_decref(rows);
		return CLI_OK;
	}
	if (printf("\n%s\n", title) < 0) {
		json_decref(rows);
		return CLI_REFUSED;
	}
	return cli_print(cli, rows, cols, n);
}

static int
print_parts(struct cli *cli, json_t *whole)
{
	static const struct cli_column contracts[] = {{"id", "ID", true}, {"plan", "PLAN", false},
	    {"seats", "SEATS", true}, {"starts_at", "FROM", false}, {"ends_at", "UNTIL", false},
	    {"order", "ORDER", false}, {"paid_at", "PAID", false}, {"ended_at", "ENDED", false}};
	static const struct cli_column items[] = {
	    {"text", "", false}, {"label", "", false}, {"since", "SINCE", false}};
	static const struct cli_column usage[] = {
	    {"month", "MONTH", false}, {"by_seat", "BY SEAT", true}, {"by_network", "BY NETWORK", true}};
	int status = print_part(
	    cli, "Contracts", json_incref(json_object_get(whole, "contracts")), contracts, 8);

	if (status == CLI_OK)
		status = print_part(cli, "Domains", json_incref(json_object_get(whole, "domains")), items, 3);
	if (status == CLI_OK)
		status = print_part(
		    cli, "Networks", json_incref(json_object_get(whole, "networks")), items, 3);
	if (status == CLI_OK)
		status = print_part(
		    cli, "Contact persons", json_incref(json_object_get(whole, "contacts")), items, 3);
	if (status == CLI_OK)
		status = print_part(
		    cli, "Articles opened", json_incref(json_object_get(whole, "usage")), usage, 3);
	return status;
}

static int
show(struct cli *cli)
{
	struct institution it;
	struct fault f = {""};
	json_t *whole, *rows;
	struct db *db;
	int status;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	if ((e = cli_institution_find(cli, db, 0, &it, &f)) != ERR_NONE) {
		db_close(db);
		return cli_fail(e, &f);
	}
	whole = json_institution(&it);
	rows = json_array();
	(void)json_object_set_new(whole, "contracts", json_contracts(db, cli->arena, it.id));
	(void)json_object_set_new(whole, "domains", json_items(db, cli->arena, INSTITUTION_DOMAINS, it.id));
	(void)json_object_set_new(whole, "networks", json_items(db, cli->arena, INSTITUTION_NETWORKS, it.id));
	(void)json_object_set_new(whole, "contacts", json_items(db, cli->arena, INSTITUTION_CONTACTS, it.id));
	(void)json_object_set_new(whole, "usage", json_usage(db, cli->arena, it.id));
	db_close(db);
	(void)json_array_append(rows, whole);
	status = cli_print(cli, rows, columns, COLUMNS);
	if (status == CLI_OK && !cli->json)
		status = print_parts(cli, whole);
	json_decref(whole);
	return status;
}

int
cli_institution(struct cli *cli)
{
	static const struct cli_verb verbs[] = {
	    {"add", "institution add NAME [--slug SLUG] [--siret SIRET]", add},
	    {"list", "institution list", list},
	    {"show", "institution show INSTITUTION", show},
	    {"grant",
	        "institution grant INSTITUTION PLAN --seats N --until DATE [--from DATE] [--grace DAYS]"
	        " [--order TEXT] [--paid] [--no-networks]",
	        cli_institution_grant},
	    {"end", "institution end INSTITUTION [CONTRACT] [--reason TEXT]", cli_institution_end},
	    {"paid", "institution paid INSTITUTION CONTRACT [--at DATE]", cli_institution_paid},
	    {"suspend", "institution suspend INSTITUTION", cli_institution_suspend},
	    {"resume", "institution resume INSTITUTION", cli_institution_resume},
	    {"domain", "institution domain INSTITUTION add|remove DOMAIN", cli_institution_domain},
	    {"network", "institution network INSTITUTION add|remove NETWORK [--label TEXT]",
	        cli_institution_network},
	    {"contact", "institution contact INSTITUTION add|remove EMAIL", cli_institution_contact},
	    {"seat", "institution seat INSTITUTION list [--all] [--csv] | add EMAIL | remove EMAIL",
	        cli_institution_seat},
	    {"import", "institution import seats|networks FILE.csv [--dry-run]", cli_institution_import},
	    {"undo", "institution undo BATCH", cli_institution_undo},
	    {"networks", "institution networks [--nginx]", cli_institution_networks},
	};

	return cli_run(cli, verbs, sizeof verbs / sizeof *verbs);
}
