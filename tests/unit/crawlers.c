/* crawlers.c: which addresses are a search engine's (G10, LK16). */
#include "core/crawlers.h"
#include "format/ranges.h"
#include "store/crawler_store.h"
#include "store_help.h"

struct zone {
	const char *name;      /* of the address; NULL: none */
	const char *addresses; /* of the name, between blanks */
	bool silent;
	int asked;
};

static enum err
name_of(void *arg, struct cidr_address address, struct arena *a, struct str *name)
{
	struct zone *z = arg;

	(void)address;
	z->asked++;
	if (z->silent)
		return ERR_BUSY;
	if (z->name == NULL)
		return ERR_NOT_FOUND;
	*name = arena_copy(a, str_of(z->name));
	return ERR_NONE;
}

static enum err
has(void *arg, struct str name, struct cidr_address address, bool *out)
{
	struct zone *z = arg;
	struct str list = str_of(z->addresses), one;
	struct cidr_address told;

	(void)name;
	*out = false;
	while (str_split(&list, ' ', &one))
		*out = *out || (cidr_address(one, &told) && cidr_address_cmp(told, address) == 0);
	return ERR_NONE;
}

static void
G10_a_name_counts_only_when_it_leads_back(void **state)
{
	static const struct {
		struct zone zone;
		bool want;
	} cases[] = {
	    {{.name = "crawl-66-249-66-1.googlebot.com", .addresses = "66.249.66.1"}, true},
	    {{.name = "crawl.GoogleBot.com.", .addresses = "10.0.0.1 66.249.66.1"}, true},
	    {{.name = "googlebot.com", .addresses = "66.249.66.1"}, true},
	    {{.name = "crawl-66-249-66-1.googlebot.com", .addresses = "66.249.66.2"}, false}, /* fake PTR */
	    {{.name = "crawl-66-249-66-1.googlebot.com", .addresses = ""}, false},
	    {{.name = "evilgooglebot.com", .addresses = "66.249.66.1"}, false},
	    {{.name = "googlebot.com.evil.example", .addresses = "66.249.66.1"}, false},
	    {{.name = "bot", .addresses = "66.249.66.1"}, false},
	    {{.name = "", .addresses = "66.249.66.1"}, false},
	    {{.name = NULL, .addresses = "66.249.66.1"}, false},
	};
	struct cidr_address address;
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 16);
	assert_true(cidr_address(STR("66.249.66.1"), &address));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct zone zone = cases[i].zone;
		const struct crawler_resolver r = {&zone, name_of, has};
		struct str name;
		bool verified = true;

		assert_int_equal(
		    crawler_verify(&r, &a, STR("googlebot.com  search.msn.com"), address, &verified, &name),
		    ERR_NONE);
		assert_int_equal(verified, cases[i].want);
		verified = true;
		assert_int_equal(crawler_verify(&r, &a, STR_NONE, address, &verified, &name), ERR_NONE);
		assert_false(verified);
	}
	{
		struct zone zone = {.silent = true};
		const struct crawler_resolver r = {&zone, name_of, has};
		struct str name;
		bool verified = true;

		assert_int_equal(
		    crawler_verify(&r, &a, STR("googlebot.com"), address, &verified, &name), ERR_BUSY);
		assert_false(verified);
	}
	arena_free(&a);
}

static void
G10_published_ranges_all_or_nothing(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"prefixes\":{}}", "{\"prefixes\":[1]}",
	    "{\"prefixes\":[{}]}", "{\"prefixes\":[{\"ipv4Prefix\":\"0.0.0.0/0\"}]}",
	    "{\"prefixes\":[{\"ipv4Prefix\":\"10.0.0.0/15\"}]}",
	    "{\"prefixes\":[{\"ipv4Prefix\":\"66.249.64.1/27\"}]}",
	    "{\"prefixes\":[{\"ipv6Prefix\":\"2001::/16\"}]}",
	    "{\"prefixes\":[{\"ipv4Prefix\":\"66.249.64.0/27\"},{\"ipv4Prefix\":\"x\"}]}"};
	struct cidr *nets;
	struct arena a;
	size_t n;

	(void)state;
	arena_init(&a, 1 << 20);
	assert_int_equal(ranges_read(&a,
	                     STR("{\"creationTime\":\"2026-01-01\",\"prefixes\":[{\"ipv6Prefix\":\"2001:4860:"
	                         "4801:10::/64\"},"
	                         "{\"ipv4Prefix\":\"66.249.64.0/27\"}]}"),
	                     &nets, &n, NULL),
	    ERR_NONE);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(ranges_read(&a, str_of(bad[i]), &nets, &n, NULL), ERR_INVALID);
	arena_free(&a);
}

static void
LK16_only_verified_networks_count(void **state)
{
	struct crawlers *c = NULL;
	struct site *s = *state;
	struct str *asked;
	size_t n;

	assert_int_equal(crawlers_load(&c, s->open, NOW), ERR_NONE);
	assert_null(c);
	assert_false(crawlers_have(NULL, STR("66.249.64.1")));
	assert_int_equal(crawler_store_listed(s->writer, STR("66.249.64.0/27"), NOW, NOW + 10), ERR_NONE);
	assert_int_equal(crawler_store_ask(s->writer, STR("192.0.2.7/32"), NOW + 10), ERR_NONE);
	assert_int_equal(crawler_store_ask(s->writer, STR("66.249.64.0/27"), NOW + 10), ERR_NONE);
	assert_int_equal(crawler_store_asked(s->writer, &s->arena, 5, &asked, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(crawlers_load(&c, s->open, NOW), ERR_NONE);
	assert_true(crawlers_have(c, STR("66.249.64.31")));
	assert_true(crawlers_have(c, STR("::ffff:66.249.64.1")));
	assert_false(crawlers_have(c, STR("66.249.64.32")));
	assert_false(crawlers_have(c, STR("192.0.2.7")));
	assert_false(crawlers_have(c, STR("unix:")));
	assert_false(crawlers_have(c, STR_NONE));
	crawlers_release(crawlers_keep(c));
	crawlers_release(c);
	assert_int_equal(
	    crawler_store_answer(s->writer, STR("192.0.2.7/32"), true, STR("a.example"), NOW + 10), ERR_NONE);
	assert_int_equal(crawlers_load(&c, s->open, NOW), ERR_NONE);
	assert_true(crawlers_have(c, STR("192.0.2.7")));
	crawlers_release(c);
	/* over, and taken off the list */
	assert_int_equal(crawlers_load(&c, s->open, NOW + 10), ERR_NONE);
	assert_null(c);
	assert_int_equal(crawler_store_settled(s->writer, NOW + 1), ERR_NONE);
	assert_int_equal(site_int(s, "SELECT count(*) FROM crawler_network"), 1);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM change_log WHERE kind = 'institution' AND ref = 0"), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(G10_a_name_counts_only_when_it_leads_back),
	    cmocka_unit_test(G10_published_ranges_all_or_nothing),
	    cmocka_unit_test_setup_teardown(LK16_only_verified_networks_count, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
