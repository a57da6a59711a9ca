/* meter.c: months in the publication's zone, and the card a stranger carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/token.h"
#include "core/meter.h"
#include "core/seal.h"

#define SITE STR("https://lagazette.example")
#define NOW ((int64_t)1790000000) /* 2026-09-21 */
#define DAY ((int64_t)86400)

struct desk {
	char folder[64];
	struct keyring *ring;
};

static int
open_desk(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	char kid[PASETO_KID + 1];
	struct fault f = {""};

	assert_non_null(d);
	assert_true(token_start());
	assert_true(clock_zone("Europe/Paris"));
	(void)snprintf(d->folder, sizeof d->folder, "/tmp/poterne-meter-XXXXXX");
	assert_non_null(mkdtemp(d->folder));
	assert_int_equal(keyring_create(d->folder, NOW, kid, &f), ERR_NONE);
	assert_int_equal(keyring_load(&d->ring, d->folder, &f), ERR_NONE);
	*state = d;
	return 0;
}

static int
close_desk(void **state)
{
	struct desk *d = *state;
	char command[128];

	keyring_release(d->ring);
	(void)snprintf(command, sizeof command, "rm -rf %s", d->folder);
	free(d);
	return system(command);
}

static int64_t
at(const char *text)
{
	int64_t t = 0;

	assert_true(clock_parse(str_of(text), &t));
	return t;
}

static void
F1_the_month_ends_at_midnight_in_paris(void **state)
{
	char text[METER_MONTH];
	int32_t month = meter_month(at("2026-10-31T22:59:59Z"));

	(void)state;
	meter_month_text(month, text);
	assert_string_equal(text, "2026-10");
	assert_int_equal(meter_month_end(month), at("2026-10-31T23:00:00Z"));
	assert_int_equal(meter_month(at("2026-10-31T23:00:00Z")), month + 1);
	assert_int_equal(
	    meter_month(at("2026-03-31T21:59:59Z")) + 1, meter_month(at("2026-03-31T22:00:00Z")));
	month = meter_month(at("2026-12-31T22:59:59Z"));
	meter_month_text(month + 1, text);
	assert_string_equal(text, "2027-01");
	assert_int_equal(meter_month_end(month), at("2026-12-31T23:00:00Z"));
}

static struct meter_card
full_card(void)
{
	struct meter_card card = {.month = meter_month(NOW)};

	token_random(card.id, sizeof card.id);
	for (size_t i = 0; i < METER_READS; i++)
		card.reads[card.read_count++] = (int64_t)(INT64_MAX - (int64_t)i);
	for (int64_t i = 0; i < METER_GIFTS; i++)
		meter_add_gift(&card, (struct meter_gift){100 + i, 200 + i, NOW + (1 + i) * DAY});
	return card;
}

static void
AU8_a_full_card_comes_back_and_fits_a_cookie(void **state)
{
	struct desk *d = *state;
	struct meter_card card = full_card(), back;
	char token[METER_TOKEN];

	assert_true(meter_seal(d->ring, SITE, &card, token));
	assert_true(strlen(token) < 1000);
	meter_open(d->ring, SITE, str_of(token), NOW, &back);
	assert_false(back.fresh);
	assert_memory_equal(back.id, card.id, METER_ID);
	assert_int_equal(back.read_count, METER_READS);
	assert_true(meter_has_read(&back, INT64_MAX - 29));
	assert_false(meter_has_read(&back, 1));
	assert_int_equal(meter_gift_of(&back, 203)->gift_id, 103);
	assert_null(meter_gift_of(&back, 103));
}

static void
F1_last_months_reads_and_old_gifts_are_left_out(void **state)
{
	struct desk *d = *state;
	struct meter_card card = full_card(), back;
	char token[METER_TOKEN];
	int64_t later = meter_month_end(card.month);

	card.closed = true;
	meter_add_gift(&card, (struct meter_gift){9, 900, later + DAY});
	assert_true(meter_seal(d->ring, SITE, &card, token));
	assert_int_equal(meter_life(&card, NOW), later + DAY - NOW);
	meter_open(d->ring, SITE, str_of(token), later, &back);
	assert_int_equal(back.read_count, 0);
	assert_false(back.closed);
	assert_int_equal(back.gift_count, 1);
	assert_non_null(meter_gift_of(&back, 900));
	assert_memory_equal(back.id, card.id, METER_ID);
}

static void
LK15_what_is_not_ours_is_a_new_card(void **state)
{
	struct desk *d = *state;
	struct meter_card card = full_card(), back, other;
	char token[METER_TOKEN], forged[METER_TOKEN];
	size_t n;

	assert_true(meter_seal(d->ring, SITE, &card, token));
	n = strlen(token);
	for (size_t i = 0; i < n; i += 7) {
		memcpy(forged, token, n + 1);
		forged[i] = forged[i] == 'A' ? 'B' : 'A';
		meter_open(d->ring, SITE, str_of(forged), NOW, &back);
		assert_true(back.fresh);
		assert_int_equal(back.read_count, 0);
	}
	meter_open(d->ring, STR("https://elsewhere.example"), str_of(token), NOW, &back);
	assert_true(back.fresh);
	meter_open(d->ring, SITE, STR_NONE, NOW, &other);
	assert_memory_not_equal(back.id, other.id, METER_ID);
	/* Of the right key, and not a card. */
	for (size_t len = 0; len < 60; len++) {
		char junk[60];

		memset(junk, 1, sizeof junk);
		assert_true(
		    seal_make(d->ring, SEAL_METER, SITE, (struct str){junk, len}, token, sizeof token));
		meter_open(d->ring, SITE, str_of(token), NOW, &back);
		assert_true(back.fresh);
	}
	assert_true(seal_make(d->ring, SEAL_GIFT, SITE, STR("x"), token, sizeof token));
	meter_open(d->ring, SITE, str_of(token), NOW, &back);
	assert_true(back.fresh);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(F1_the_month_ends_at_midnight_in_paris),
	    cmocka_unit_test(AU8_a_full_card_comes_back_and_fits_a_cookie),
	    cmocka_unit_test(F1_last_months_reads_and_old_gifts_are_left_out),
	    cmocka_unit_test(LK15_what_is_not_ours_is_a_new_card),
	};

	return cmocka_run_group_tests(tests, open_desk, close_desk);
}
