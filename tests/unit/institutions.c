/* Institutions: the tables refuse what the program refuses; seats, contracts, joins, imports, notices. */
#include "store_help.h"

#include "app/institution_import.h"
#include "app/institution_work.h"
#include "base/clock.h"
#include "core/coverage.h"
#include "core/facts.h"
#include "store/institution_batch.h"
#include "store/institution_store.h"
#include "store/seat_store.h"

static const struct cidr_limits limits = {16, 32};

/* Institution 1 with plan 2 for two seats over the next month. */
static int
set_up(void **state)
{
	assert_true(clock_zone("Europe/Paris"));
	site_open(state);
	site_script(*state, "INSERT INTO institution (id, slug, name, siret) VALUES (1, 'valmont', 'Mairie', "
	                    "'21750001600019'),"
	                    " (2, 'ecole', 'École', NULL);"
	                    "INSERT INTO institution_contract (id, institution_id, plan_id, seats, "
	                    "starts_at, ends_at, purchase_order)"
	                    " VALUES (1, 1, 2, 2, unixepoch() - 86400, unixepoch() + 20 * 86400, 'BC 12');");
	return 0;
}

static bool
sql_takes(struct site *s, const char *network)
{
	enum err e = institution_store_add_network(s->writer, 1, network, STR_NONE, 0, &s->f);

	if (e == ERR_NONE)
		site_script(s, "UPDATE institution_network SET ended_at = 1 WHERE ended_at IS NULL");
	return e == ERR_NONE;
}

/* Stored is what the program would write, and nothing else. */
static bool
program_takes(const char *network)
{
	char text[CIDR_TEXT];
	struct cidr net;

	if (cidr_parse(str_of(network), limits, &net, NULL) != ERR_NONE)
		return false;
	cidr_text(&net, text);
	return strcmp(text, network) == 0;
}

static void
CIDR_tables_and_program_agree(void **state)
{
	static const char *const heads[] = {"10.0.0.0", "10.0.0.1", "192.0.2.128", "010.0.0.0", "10.0.0",
	    "1.2.3.4.5", "256.0.0.0", "10..0.0", "2001:db8::", "2001:DB8::", "2001:db8:0:1::", "2001:db8::1",
	    "2001:db8:1::1:0", "2001:db8:0:0:1::", "2001:db8:0:0:1:0:0:0",
	    "2001:0db8::", "2001:db8:1:2:3:4:5:0", "2001:db8:1:2:3:4:5::", "::", "::1", "::ffff:0:0",
	    "::ffff:10.0.0.0", "::ffff:a00:0", "::1:0:0:0", "fe80::", "fd00::8000:0:0",
	    "2001:db8:1:2:3:4:5:6:7", "1::2::3", "2001:db8:::", ":2001:db8::", "g::", "", "0.0.0.0",
	    "12345::", "2001:db8:8000::", "2001:db8:c000::", "64:ff9b::"};
	static const char *const tails[] = {"/abc", "/0", "/8", "/15", "/16", "/24", "/25", "/31", "/32",
	    "/33", "/34", "/48", "/49", "/64", "/80", "/82", "/96", "/97", "/112", "/120", "/127", "/128",
	    "/129", "", "/", "/-1", "/024", "/1e1", "/ 24", "/24/24"};
	struct site *s = *state;
	size_t taken = 0;
	char network[80];

	assert_int_equal(db_begin(s->writer), ERR_NONE);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		for (size_t k = 0; k < sizeof tails / sizeof *tails; k++) {
			bool sql, program;

			(void)snprintf(network, sizeof network, "%s%s", heads[i], tails[k]);
			sql = sql_takes(s, network);
			program = program_takes(network);
			taken += sql;
			if (sql != program)
				fail_msg("%s: table %s, program %s (%s)", network,
				    sql ? "takes it" : "refuses", program ? "takes it" : "refuses",
				    s->f.text);
		}
	db_rollback(s->writer);
	assert_true(taken > 40);
}

static void
CIDR_limits_of_the_settings_reach_the_triggers(void **state)
{
	struct site *s = *state;

	assert_int_equal(institution_store_limits(s->writer, 24, 48), ERR_NONE);
	assert_false(sql_takes(s, "10.1.0.0/23"));
	assert_true(sql_takes(s, "10.1.0.0/24"));
	assert_false(sql_takes(s, "2001:db8::/47"));
	assert_true(sql_takes(s, "2001:db8::/48"));
}

static void
FT16_history_is_never_overwritten(void **state)
{
	static const char *const refused[] = {
	    "UPDATE institution_contract SET seats = 100",
	    "UPDATE institution_contract SET ends_at = ends_at + 1",
	    "DELETE FROM institution_contract",
	    "DELETE FROM institution",
	    "INSERT INTO institution (slug, name, siret) VALUES ('x', 'X', '21750001600018')",
	    "UPDATE institution SET siret = '21750001600018' WHERE id = 2",
	    "INSERT INTO institution (slug, name, siret) VALUES ('x', 'X', '21750001600019')",
	    "INSERT INTO institution (slug, name) VALUES ('X Y', 'X')",
	    "INSERT INTO institution_domain (institution_id, domain) VALUES (1, 'gmail.com')",
	    "INSERT INTO institution_domain (institution_id, domain) VALUES (1, 'fr')",
	    "INSERT INTO institution_domain (institution_id, domain) VALUES (1, '@a.fr')",
	    "INSERT INTO institution_domain (institution_id, domain) VALUES (9, 'a.fr')",
	    "INSERT INTO seat (institution_id, subscriber_id) VALUES (2, 1)", /* no contract, no seat */
	    "INSERT INTO seat (institution_id, subscriber_id) VALUES (1, 99)",
	    "INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at) VALUES "
	    "(1, 1, 1, 2000000000, 1900000000)",
	    "DELETE FROM plan WHERE id = 2",
	};
	struct site *s = *state;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		if (db_script(s->writer, "typed", refused[i], &s->f) == ERR_NONE)
			fail_msg("taken: %s", refused[i]);
	site_script(s,
	    "UPDATE institution_contract SET paid_at = 5; UPDATE institution_contract SET ended_at = 6, "
	    "ended_reason = 'x'");
	assert_int_not_equal(
	    db_script(s->writer, "typed", "UPDATE institution_contract SET ended_at = 7", &s->f), ERR_NONE);
	assert_int_not_equal(
	    db_script(s->writer, "typed", "UPDATE institution_contract SET paid_at = 7", &s->f), ERR_NONE);
}

static size_t
seat_periods(struct site *s, int64_t reader)
{
	struct facts facts;
	size_t n = 0;

	assert_int_equal(facts_read(s->open, &s->arena, reader, clock_now(), &facts), ERR_NONE);
	for (size_t i = 0; i < facts.reader.period_count; i++)
		n += facts.reader.periods[i].source == SOURCE_SEAT &&
		     facts.reader.periods[i].institution_id == 1;
	return n;
}

static enum err
give(struct site *s, const char *email)
{
	const struct seat_gift g = {.institution_id = 1, .email = str_of(email), .origin = "staff"};

	return seat_store_give(s->writer, &s->arena, &g, NULL, &s->f);
}

static void
seats_are_facts_until_they_end(void **state)
{
	struct site *s = *state;

	assert_int_equal(give(s, "Lea@Example.org"), ERR_NONE);
	assert_int_equal(give(s, "lea@example.org"), ERR_CONFLICT);
	assert_int_equal(give(s, "new@example.org"), ERR_NONE); /* an invitation holds the second place */
	assert_int_equal(give(s, "ben@example.org"), ERR_INVALID);
	assert_int_equal(seat_periods(s, 1), 1);
	assert_int_equal(seat_periods(s, 2), 0);
	site_script(s, "UPDATE institution SET status = 'suspended' WHERE id = 1");
	assert_int_equal(seat_periods(s, 1), 0);
	site_script(s, "UPDATE institution SET status = 'active' WHERE id = 1");
	assert_int_equal(
	    seat_store_end(s->writer, 1, STR("lea@example.org"), clock_now(), "staff", &s->f), ERR_NONE);
	assert_int_equal(
	    seat_store_end(s->writer, 1, STR("lea@example.org"), clock_now(), "staff", &s->f), ERR_NOT_FOUND);
	assert_int_equal(seat_periods(s, 1), 0);
	assert_int_equal(give(s, "lea@example.org"), ERR_NONE);
	assert_int_equal(site_int(s, "SELECT count(*) FROM seat"), 2);
}

static void
seats_beyond_the_contract_do_not_count(void **state)
{
	struct site *s = *state;

	assert_int_equal(give(s, "lea@example.org"), ERR_NONE);
	assert_int_equal(give(s, "ben@example.org"), ERR_NONE);
	site_script(s, "UPDATE institution_contract SET ended_at = unixepoch(), ended_reason = 'smaller';"
	               "INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at)"
	               " VALUES (1, 2, 1, unixepoch(), unixepoch() + 86400);");
	/* Of two contracts the first is over; the second one's only seat is the older reader's. */
	assert_int_equal(site_int(s, "SELECT seats FROM institution_seats WHERE institution_id = 1"), 1);
	assert_true(seat_periods(s, 1) > seat_periods(s, 2));
}

static int64_t
join(struct site *s, int64_t reader, const char *email)
{
	int64_t joined = 0;

	assert_int_equal(
	    seat_store_join(s->writer, &s->arena, reader, str_of(email), clock_now(), &joined), ERR_NONE);
	return joined;
}

static void
LG1_a_proven_work_address_takes_a_free_seat(void **state)
{
	struct site *s = *state;

	assert_int_equal(institution_store_add_domain(s->writer, 1, STR("Example.org"), &s->f), ERR_NONE);
	assert_int_equal(join(s, 1, "lea@elsewhere.org"), 0);
	assert_int_equal(join(s, 1, "lea@sub.example.org"), 0);
	assert_int_equal(join(s, 1, "lea@example.org"), 1);
	assert_int_equal(join(s, 1, "lea@example.org"), 0);
	assert_int_equal(seat_periods(s, 1), 1);
	/* Ended by a person: it does not come back by itself. */
	assert_int_equal(
	    seat_store_end(s->writer, 1, STR("lea@example.org"), clock_now(), "contact", &s->f), ERR_NONE);
	assert_int_equal(join(s, 1, "lea@example.org"), 0);
	assert_int_equal(join(s, 2, "ben@example.org"), 1);
	site_script(
	    s, "INSERT INTO subscriber (id, email) VALUES (3, 'c@example.org'), (4, 'd@example.org')");
	assert_int_equal(join(s, 3, "c@example.org"), 1);
	assert_int_equal(join(s, 4, "d@example.org"), 0); /* all taken: signs in all the same */
}

static void
invitation_becomes_a_seat_when_proven(void **state)
{
	struct site *s = *state;
	bool invited = false;
	const struct seat_gift g = {
	    .institution_id = 1, .email = STR("lea@example.org"), .origin = "contact", .always_invite = true};

	assert_int_equal(seat_store_give(s->writer, &s->arena, &g, &invited, &s->f), ERR_NONE);
	assert_true(invited);
	assert_int_equal(seat_periods(s, 1), 0);
	assert_int_equal(join(s, 1, "lea@example.org"), 1);
	assert_int_equal(seat_periods(s, 1), 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM seat_invitation WHERE email <> ''"), 0);
}

static void
SE12_seats_of_others_are_not_there(void **state)
{
	struct site *s = *state;

	assert_int_equal(give(s, "lea@example.org"), ERR_NONE);
	assert_int_equal(institution_store_add_contact(s->writer, 2, 2, &s->f), ERR_NONE);
	assert_int_equal(seat_store_may_manage(s->full, 2, 1), ERR_NOT_FOUND);
	assert_int_equal(seat_store_end_managed(s->writer, 2, 1, false, clock_now()), ERR_NOT_FOUND);
	assert_int_equal(institution_store_add_contact(s->writer, 1, 2, &s->f), ERR_NONE);
	assert_int_equal(seat_store_may_manage(s->full, 2, 1), ERR_NONE);
	assert_int_equal(seat_store_end_managed(s->writer, 2, 1, false, clock_now()), ERR_NONE);
	assert_int_equal(seat_periods(s, 1), 0);
}

static size_t
covered(struct site *s, const char *peer, int64_t *first)
{
	const struct entitlement_period *periods;
	struct coverage *c;
	size_t n;

	assert_int_equal(coverage_load(&c, s->open, limits, clock_now(), NULL), ERR_NONE);
	n = coverage_find(c, str_of(peer), &periods);
	*first = n > 0 ? periods[0].institution_id : 0;
	coverage_release(c);
	return n;
}

static void
NG5_networks_cover_the_peer_and_nobody_else(void **state)
{
	struct site *s = *state;
	int64_t whose;

	site_script(s, "INSERT INTO institution_network (institution_id, network) VALUES (1, '192.0.2.0/24'),"
	               " (2, '192.0.2.128/25'), (1, '2001:db8::/48');");
	assert_int_equal(covered(s, "192.0.2.9", &whose), 1);
	assert_int_equal(whose, 1);
	assert_int_equal(covered(s, "::ffff:192.0.2.9", &whose), 1);
	/* A school without a contract inside the town's network does not take the town's access away. */
	assert_int_equal(covered(s, "192.0.2.200", &whose), 1);
	assert_int_equal(covered(s, "2001:db8:0:7::1", &whose), 1);
	assert_int_equal(covered(s, "192.0.3.1", &whose), 0);
	assert_int_equal(covered(s, "unix:", &whose), 0);
	assert_int_equal(covered(s, "", &whose), 0);
	assert_int_equal(covered(s, "192.0.2.9, 203.0.113.1", &whose), 0);
	site_script(s, "INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at)"
	               " VALUES (2, 1, 0, unixepoch(), unixepoch() + 86400);");
	assert_int_equal(covered(s, "192.0.2.200", &whose), 2); /* its own, then the town's */
	assert_int_equal(whose, 2);
	site_script(s, "UPDATE institution SET status = 'suspended'");
	assert_int_equal(covered(s, "192.0.2.9", &whose), 0);
}

static enum err
import(struct site *s, bool networks, const char *text, struct institution_import *in)
{
	*in = (struct institution_import){
	    .networks = networks, .limits = limits, .label = "f.csv", .report = tmpfile()};
	enum err e = institution_import_csv(s->writer, str_of(text), in, &s->f);

	(void)fclose(in->report);
	return e;
}

static void
FT16_imports_are_whole_and_undone_as_a_whole(void **state)
{
	struct site *s = *state;
	struct institution_import in;
	struct institution_undone undone;

	assert_int_equal(
	    import(s, true, "institution,network\nvalmont,10.1.0.0/16\nvalmont,10.0.0.0/abc\n", &in),
	    ERR_INVALID);
	assert_int_equal(in.refused, 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM institution_network"), 0);
	assert_int_equal(
	    import(s, true, "institution;network;label\nvalmont;10.1.0.0/16;a\n1;2001:DB8::/32;\n", &in),
	    ERR_NONE);
	assert_int_equal(in.added, 2);
	assert_int_equal(institution_batch_undo(s->writer, in.batch, clock_now(), &undone, &s->f), ERR_NONE);
	assert_int_equal(undone.networks, 2);
	assert_int_equal(
	    institution_batch_undo(s->writer, in.batch, clock_now(), &undone, &s->f), ERR_NOT_FOUND);
	assert_int_equal(
	    import(s, false, "institution,email\nvalmont,lea@example.org\nvalmont,new@example.org\n", &in),
	    ERR_NONE);
	assert_int_equal(in.added, 2);
	assert_int_equal(seat_periods(s, 1), 1);
	assert_int_equal(institution_batch_undo(s->writer, in.batch, clock_now(), &undone, &s->f), ERR_NONE);
	assert_int_equal(undone.seats, 1);
	assert_int_equal(undone.invitations, 1);
	assert_int_equal(seat_periods(s, 1), 0);
	assert_int_equal(import(s, false, "institution,mail\n", &in), ERR_INVALID);
}

static void
notices_are_written_once(void **state)
{
	struct site *s = *state;
	const struct config config = {.site_url = "https://www.example.org"};

	assert_int_equal(institution_work_notices(s->writer, &config, &s->f), ERR_NONE);
	assert_int_equal(site_int(s, "SELECT count(*) FROM outbox"), 0); /* nobody to write to */
	assert_int_equal(institution_store_add_contact(s->writer, 1, 1, &s->f), ERR_NONE);
	assert_int_equal(institution_work_notices(s->writer, &config, &s->f), ERR_NONE);
	assert_int_equal(institution_work_notices(s->writer, &config, &s->f), ERR_NONE);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM outbox WHERE template = 'mail_institution_ends'"), 1);
	/* Renewed: no further one. */
	site_script(s, "DELETE FROM institution_notice;"
	               "INSERT INTO institution_contract (institution_id, plan_id, seats, starts_at, ends_at)"
	               " VALUES (1, 2, 2, unixepoch() + 20 * 86400, unixepoch() + 385 * 86400);");
	assert_int_equal(institution_work_notices(s->writer, &config, &s->f), ERR_NONE);
	assert_int_equal(site_int(s, "SELECT count(*) FROM outbox"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(CIDR_tables_and_program_agree, set_up, site_close),
	    cmocka_unit_test_setup_teardown(
	        CIDR_limits_of_the_settings_reach_the_triggers, set_up, site_close),
	    cmocka_unit_test_setup_teardown(FT16_history_is_never_overwritten, set_up, site_close),
	    cmocka_unit_test_setup_teardown(seats_are_facts_until_they_end, set_up, site_close),
	    cmocka_unit_test_setup_teardown(seats_beyond_the_contract_do_not_count, set_up, site_close),
	    cmocka_unit_test_setup_teardown(LG1_a_proven_work_address_takes_a_free_seat, set_up, site_close),
	    cmocka_unit_test_setup_teardown(invitation_becomes_a_seat_when_proven, set_up, site_close),
	    cmocka_unit_test_setup_teardown(SE12_seats_of_others_are_not_there, set_up, site_close),
	    cmocka_unit_test_setup_teardown(NG5_networks_cover_the_peer_and_nobody_else, set_up, site_close),
	    cmocka_unit_test_setup_teardown(FT16_imports_are_whole_and_undone_as_a_whole, set_up, site_close),
	    cmocka_unit_test_setup_teardown(notices_are_written_once, set_up, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
