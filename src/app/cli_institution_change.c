/* cli_institution_change.c: poterne institution grant, end, paid, domain, network, contact, seat. */
#include "app/cli_institution.h"

#include <string.h>

#include "app/reader_import.h"
#include "base/clock.h"
#include "format/csv_write.h"
#include "store/seat_store.h"
#include "store/subscriber_store.h"

#define GRACE_DAYS_MAX 90
#define SEATS_MAX 1000000

/* Opens the writer and finds the institution of the first argument. */
static enum err
begin(struct cli *cli, struct db **db, struct institution *it, struct fault *f)
{
	enum err e;

	if ((*db = cli_database(cli, DB_WRITER)) == NULL)
		return fault_set(f, ERR_INTERNAL, "nothing was done");
	(void)institution_store_limits(*db, cli->config->widest_ipv4, cli->config->widest_ipv6);
	e = cli_institution_find(cli, *db, 0, it, f);
	return e;
}

static int
finish(struct cli *cli, struct db *db, const struct institution *it, enum err e, const struct fault *f)
{
	int status = e == ERR_NONE ? cli_institution_print(cli, db, it->id) : cli_fail(e, f);

	db_close(db);
	return status;
}

static enum err
read_contract(struct cli *cli, struct institution_contract *c, struct fault *f)
{
	const char *until = cli_option(cli, "--until"), *from = cli_option(cli, "--from");
	const char *grace = cli_option(cli, "--grace"), *seats = cli_option(cli, "--seats");
	int64_t days = 0;

	c->purchase_order = str_of(cli_option(cli, "--order"));
	c->networks = !cli_flag(cli, "--no-networks");
	c->starts_at = clock_now();
	c->paid_at = cli_flag(cli, "--paid") ? clock_now() : 0;
	if (seats == NULL || !str_to_int(str_of(seats), 0, SEATS_MAX, &c->seats))
		return fault_set(f, ERR_INVALID, "--seats: how many readers by name, 0 to %d", SEATS_MAX);
	if (until == NULL || !reader_import_until(str_of(until), &c->ends_at))
		return fault_set(f, ERR_INVALID, "--until: the last day that is covered, as 2027-12-31");
	if (from != NULL && !clock_parse(str_of(from), &c->starts_at))
		return fault_set(f, ERR_INVALID, "--from: \"%.60s\" is no date; write 2026-01-31", from);
	if (grace != NULL && !str_to_int(str_of(grace), 0, GRACE_DAYS_MAX, &days))
		return fault_set(f, ERR_INVALID, "--grace: days, 0 to %d", GRACE_DAYS_MAX);
	c->grace_s = days * CLOCK_DAY;
	return ERR_NONE;
}

int
cli_institution_grant(struct cli *cli)
{
	struct institution_contract c = {.id = 0};
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	enum err e = read_contract(cli, &c, &f);

	if (!cli_arguments(cli, 2, 2))
		return cli_usage(cli);
	if (e != ERR_NONE) {
		(void)cli_fail(e, &f);
		return cli_usage(cli);
	}
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE) {
		c.institution_id = it.id;
		c.plan = str_of(cli->argv[1]);
		e = institution_store_grant(db, &c, &c.id, &f);
	}
	return finish(cli, db, &it, e, &f);
}

int
cli_institution_end(struct cli *cli)
{
	const char *reason = cli_option(cli, "--reason");
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	int64_t contract = 0;
	enum err e;

	if (!cli_arguments(cli, 1, 2) ||
	    (cli->argc == 2 && !str_to_int(str_of(cli->argv[1]), 1, INT64_MAX, &contract)))
		return cli_usage(cli);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = institution_store_end(db, it.id, contract, clock_now(),
		    str_of(reason == NULL ? "ended by the command line" : reason), &f);
	return finish(cli, db, &it, e, &f);
}

int
cli_institution_paid(struct cli *cli)
{
	const char *at = cli_option(cli, "--at");
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	int64_t contract, when = clock_now();
	enum err e;

	if (!cli_arguments(cli, 2, 2) || !str_to_int(str_of(cli->argv[1]), 1, INT64_MAX, &contract) ||
	    (at != NULL && !clock_parse(str_of(at), &when)))
		return cli_usage(cli);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = institution_store_paid(db, it.id, contract, when, &f);
	return finish(cli, db, &it, e, &f);
}

static int
set_status(struct cli *cli, struct str status)
{
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (!cli_arguments(cli, 1, 1))
		return cli_usage(cli);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = institution_store_set_status(db, it.id, status, &f);
	return finish(cli, db, &it, e, &f);
}

int
cli_institution_suspend(struct cli *cli)
{
	return set_status(cli, STR("suspended"));
}

int
cli_institution_resume(struct cli *cli)
{
	return set_status(cli, STR("active"));
}

/* "INSTITUTION add|remove TEXT". */
static bool
read_act(struct cli *cli, bool *add)
{
	if (!cli_arguments(cli, 3, 3))
		return false;
	*add = strcmp(cli->argv[1], "add") == 0;
	return *add || strcmp(cli->argv[1], "remove") == 0;
}

int
cli_institution_domain(struct cli *cli)
{
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct str domain;
	struct db *db;
	bool add;
	enum err e;

	if (!read_act(cli, &add))
		return cli_usage(cli);
	domain = str_of(cli->argv[2]);
	domain = str_starts(domain, STR("@")) ? str_slice(domain, 1, domain.len) : domain;
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = add ? institution_store_add_domain(db, it.id, domain, &f)
		        : institution_store_end_item(db, INSTITUTION_DOMAINS, it.id, domain, clock_now(), &f);
	return finish(cli, db, &it, e, &f);
}

int
cli_institution_network(struct cli *cli)
{
	const char *label = cli_option(cli, "--label");
	char text[CIDR_TEXT];
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct cidr net;
	struct db *db;
	bool add;
	enum err e;

	if (!read_act(cli, &add))
		return cli_usage(cli);
	e = cidr_parse(
	    str_of(cli->argv[2]), add ? cli_institution_limits(cli) : (struct cidr_limits){0, 0}, &net, &f);
	if (e != ERR_NONE)
		return cli_fail(fault_context(&f, e, "%.60s", cli->argv[2]), &f);
	cidr_text(&net, text);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = add ? institution_store_add_network(db, it.id, text, str_of(label), 0, &f)
		        : institution_store_end_item(
		              db, INSTITUTION_NETWORKS, it.id, str_of(text), clock_now(), &f);
	return finish(cli, db, &it, e, &f);
}

/* A contact person needs an account, to be written to and to sign in. */
static enum err
add_contact(struct cli *cli, struct db *db, int64_t institution_id, struct fault *f)
{
	struct subscriber reader;
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = subscriber_store_by_email(db, cli->arena, str_of(cli->argv[2]), &reader);
	if (e == ERR_NOT_FOUND)
		e = subscriber_store_add(db, str_of(cli->argv[2]), STR_NONE, &reader.id, f);
	if (e == ERR_NONE)
		e = institution_store_add_contact(db, institution_id, reader.id, f);
	if (e == ERR_NONE)
		return db_commit(db);
	db_rollback(db);
	return e;
}

int
cli_institution_contact(struct cli *cli)
{
	char email[SUBSCRIBER_EMAIL + 1];
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	bool add;
	enum err e;

	if (!read_act(cli, &add))
		return cli_usage(cli);
	if (!subscriber_email(str_of(cli->argv[2]), email))
		return cli_fail(fault_set(&f, ERR_INVALID, "%.200s is no e-mail address", cli->argv[2]), &f);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE)
		e = add ? add_contact(cli, db, it.id, &f)
		        : institution_store_end_item(
		              db, INSTITUTION_CONTACTS, it.id, str_of(email), clock_now(), &f);
	return finish(cli, db, &it, e, &f);
}

static int
print_csv(const struct seat *seats, size_t n)
{
	struct buf out = BUF_EMPTY;
	char at[CLOCK_TEXT];
	int bad;

	buf_puts(&out, "email,state,origin,since,ended\r\n");
	for (size_t i = 0; i < n; i++) {
		csv_cell(&out, seats[i].email, true);
		csv_cell(&out, seats[i].invitation ? STR("invited") : STR("seat"), false);
		csv_cell(&out, seats[i].origin, false);
		clock_rfc3339_local(seats[i].created_at, at);
		csv_cell(&out, str_of(at), false);
		if (seats[i].revoked_at != 0)
			clock_rfc3339_local(seats[i].revoked_at, at);
		csv_cell(&out, seats[i].revoked_at != 0 ? str_of(at) : STR_NONE, false);
		csv_end(&out);
	}
	bad = out.failed || fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0;
	buf_free(&out);
	return bad ? CLI_REFUSED : CLI_OK;
}

static int
print_seats(struct cli *cli, const struct seat *seats, size_t n)
{
	static const struct cli_column columns[] = {{"email", "E-MAIL", false}, {"state", "STATE", false},
	    {"origin", "ORIGIN", false}, {"since", "SINCE", false}, {"ended", "ENDED", false}};
	json_t *rows = json_array();
	char since[CLOCK_TEXT], ended[CLOCK_TEXT];

	for (size_t i = 0; i < n; i++) {
		clock_rfc3339_local(seats[i].created_at, since);
		clock_rfc3339_local(seats[i].revoked_at, ended);
		(void)json_array_append_new(
		    rows, json_pack("{s:s%, s:s, s:s%, s:s, s:s?}", "email", seats[i].email.at,
		              seats[i].email.len, "state", seats[i].invitation ? "invited" : "seat", "origin",
		              seats[i].origin.at, seats[i].origin.len, "since", since, "ended",
		              seats[i].revoked_at != 0 ? ended : NULL));
	}
	return cli_print(cli, rows, columns, sizeof columns / sizeof *columns);
}

static int
list_seats(struct cli *cli, bool all, bool csv)
{
	struct institution it = {.id = 0};
	struct seat *seats;
	struct fault f = {""};
	struct db *db;
	size_t n = 0;
	enum err e;

	if ((db = cli_database(cli, DB_ENTITLED)) == NULL)
		return CLI_REFUSED;
	e = cli_institution_find(cli, db, 0, &it, &f);
	if (e == ERR_NONE)
		e = seat_store_list(db, cli->arena, it.id, all, &seats, &n);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	return csv ? print_csv(seats, n) : print_seats(cli, seats, n);
}

int
cli_institution_seat(struct cli *cli)
{
	bool all = cli_flag(cli, "--all"), csv = cli_flag(cli, "--csv"), add;
	struct institution it = {.id = 0};
	struct fault f = {""};
	struct db *db;
	enum err e;

	if (cli->argc == 2 && strcmp(cli->argv[1], "list") == 0)
		return list_seats(cli, all, csv);
	if (!read_act(cli, &add))
		return cli_usage(cli);
	if ((e = begin(cli, &db, &it, &f)) == ERR_NONE) {
		const struct seat_gift gift = {
		    .institution_id = it.id, .email = str_of(cli->argv[2]), .origin = "staff"};

		e = add ? seat_store_give(db, cli->arena, &gift, NULL, &f)
		        : seat_store_end(db, it.id, gift.email, clock_now(), "staff", &f);
	}
	return finish(cli, db, &it, e, &f);
}
