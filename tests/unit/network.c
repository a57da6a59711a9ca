/* Networks: read strictly, written one way, and found by the longest prefix as a naive model finds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/network.h"
#include "format/siret.h"

static const struct cidr_limits limits = {16, 32};

static void
CIDR_refused_is_what_the_matrix_names(void **state)
{
	static const char *const bad[] = {"10.0.0.0/abc", "0.0.0.0/0", "::/0", "10.0.0.0/33",
	    "2001:db8::/129", "10.0.0.1/24", "2001:db8::1/64", "::ffff:192.0.2.0/120", "::ffff:c000:200/120",
	    "::192.0.2.0/120", "10.0.0.0/8", "2001:db8::/31", "2000::/3", "10.0.0.0/", "10.0.0.0/-1",
	    "10.0.0.0/+8", "10.0.0.0/024", "10.0.0.0/24/24", "010.0.0.0/24", "10.0.0/24", "10.0.0.256/32",
	    "/24", "", "abc", "10.0.0.0 /24", "10.0.0.0/24 ", "2001:::/32", "2001:db8::%eth0/64",
	    "1.2.3.4.5/32", "0x0a.0.0.0/24", "::/128", "::2/128"};
	struct fault f;
	struct cidr net;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		f.text[0] = '\0';
		if (cidr_parse(str_of(bad[i]), limits, &net, &f) == ERR_NONE)
			fail_msg("taken: %s", bad[i]);
		assert_true(f.text[0] != '\0');
	}
}

static void
CIDR_is_written_one_way(void **state)
{
	static const char *const pairs[][2] = {{"192.0.2.0/24", "192.0.2.0/24"},
	    {"192.0.2.7", "192.0.2.7/32"}, {"2001:DB8:0:0::/64", "2001:db8::/64"},
	    {"2001:db8:0:0:1:0:0:0/80", "2001:db8:0:0:1::/80"}, {"2001:0db8::1", "2001:db8::1/128"},
	    {"::1/128", "::1/128"}, {"10.1.0.0/16", "10.1.0.0/16"}};
	char text[CIDR_TEXT];
	struct cidr net;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_int_equal(cidr_parse(str_of(pairs[i][0]), limits, &net, NULL), ERR_NONE);
		cidr_text(&net, text);
		assert_string_equal(text, pairs[i][1]);
	}
}

static void
SIRET_has_its_check_digit(void **state)
{
	static const char *const good[] = {
	    "21750001600019", "217 500 016 00019", "35600000000048", "35600000049837", "73282932000074"};
	static const char *const bad[] = {"21750001600018", "2175000160001", "217500016000190",
	    "2175000160001a", "", "00000000000000", "35600000049838", "21750001600091", "-21750001600019"};
	char out[SIRET_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!siret_read(str_of(good[i]), out) || strlen(out) != SIRET_DIGITS)
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (siret_read(str_of(bad[i]), out))
			fail_msg("taken: %s", bad[i]);
}

/* splitmix64 */
static uint64_t seed = 42;
static uint64_t
next_random(void)
{
	uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Few bits differ, so that prefixes nest and touch. */
static struct cidr_address
random_address(bool v4)
{
	uint64_t r = next_random();

	if (v4)
		return (struct cidr_address){
		    0, (uint64_t)0xffff << 32 | 0x0a000000 | ((r & 7) << 20) | ((r >> 3) & 0xf0f)};
	return (struct cidr_address){UINT64_C(0x20010db800000000) | ((r & 3) << 28) | ((r >> 2) & 15),
	    ((r >> 8) & 1) != 0 ? ~(uint64_t)0 : (r >> 9) & 255};
}

static struct cidr
random_net(void)
{
	bool v4 = next_random() % 2 == 0;
	unsigned bits = v4 ? 96 + 8 + (unsigned)(next_random() % 25) : 30 + (unsigned)(next_random() % 99);
	struct cidr net = {random_address(v4), bits, v4};

	if (bits < 64)
		net.first = (struct cidr_address){net.first.high >> (64 - bits) << (64 - bits), 0};
	else if (bits < 128)
		net.first.low = bits == 64 ? 0 : net.first.low >> (128 - bits) << (128 - bits);
	return net;
}

static uint32_t
naive_find(const struct cidr *nets, size_t n, struct cidr_address a)
{
	uint32_t best = NETWORK_NONE;

	for (size_t i = 0; i < n; i++)
		if (cidr_address_cmp(nets[i].first, a) <= 0 &&
		    cidr_address_cmp(a, cidr_last(&nets[i])) <= 0 &&
		    (best == NETWORK_NONE || nets[i].bits > nets[best].bits))
			best = (uint32_t)i;
	return best;
}

static size_t
random_rules(struct cidr *nets, size_t want)
{
	size_t n = 0;

	for (size_t i = 0; i < want; i++)
		nets[i] = random_net();
	qsort(nets, want, sizeof *nets, network_cmp);
	for (size_t i = 0; i < want; i++)
		if (n == 0 || network_cmp(&nets[n - 1], &nets[i]) != 0)
			nets[n++] = nets[i];
	return n;
}

/* 1,000,000 lookups: at the edges of networks and anywhere. */
static void
LPM_agrees_with_a_naive_model(void **state)
{
	struct cidr nets[200];

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct networks *nw;
		uint32_t parents[200];
		size_t n = random_rules(nets, (size_t)round % 200);

		assert_int_equal(networks_build(&nw, nets, n, parents), ERR_NONE);
		for (int k = 0; k < 2000; k++) {
			struct cidr_address a = random_address(k % 2 == 0);
			const struct cidr *edge = n > 0 && k % 3 != 0 ? &nets[next_random() % n] : NULL;

			if (edge != NULL) {
				a = k % 3 == 1 ? edge->first : cidr_last(edge);
				a.low += next_random() % 3 - 1;
			}
			if (networks_find(nw, a) != naive_find(nets, n, a))
				fail_msg("round %d: %016llx %016llx", round, (unsigned long long)a.high,
				    (unsigned long long)a.low);
		}
		for (size_t i = 0; i < n; i++)
			assert_true(parents[i] == NETWORK_NONE ||
			            (nets[parents[i]].bits < nets[i].bits && parents[i] < i));
		networks_free(nw);
	}
}

static void
LPM_ends_of_the_space(void **state)
{
	const struct cidr all[] = {{{0, 0}, 0, false}, {{~(uint64_t)0, ~(uint64_t)0}, 128, false}};
	const struct cidr unsorted[] = {all[1], all[0]};
	struct networks *nw;

	(void)state;
	assert_int_equal(networks_build(&nw, all, 2, NULL), ERR_NONE);
	assert_int_equal(networks_find(nw, (struct cidr_address){0, 0}), 0);
	assert_int_equal(networks_find(nw, all[1].first), 1);
	networks_free(nw);
	assert_int_equal(networks_build(&nw, unsorted, 2, NULL), ERR_INVALID);
	assert_null(nw);
	assert_int_equal(networks_build(&nw, NULL, 0, NULL), ERR_NONE);
	assert_int_equal(networks_find(nw, all[1].first), NETWORK_NONE);
	networks_free(nw);
}

static void
LG9_the_network_around_an_address(void **state)
{
	static const char *const pairs[][2] = {{"192.0.2.77", "192.0.2.0/24"},
	    {"::ffff:192.0.2.77", "192.0.2.0/24"}, {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
	    {"::1", "::/64"}};
	char text[CIDR_TEXT];
	struct cidr net;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_true(cidr_around(str_of(pairs[i][0]), (struct cidr_limits){24, 64}, &net));
		cidr_text(&net, text);
		assert_string_equal(text, pairs[i][1]);
	}
	assert_false(cidr_around(STR("unix:"), (struct cidr_limits){24, 64}, &net));
	assert_false(cidr_around(STR_NONE, (struct cidr_limits){24, 64}, &net));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LG9_the_network_around_an_address),
	    cmocka_unit_test(CIDR_refused_is_what_the_matrix_names),
	    cmocka_unit_test(CIDR_is_written_one_way),
	    cmocka_unit_test(SIRET_has_its_check_digit),
	    cmocka_unit_test(LPM_agrees_with_a_naive_model),
	    cmocka_unit_test(LPM_ends_of_the_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
