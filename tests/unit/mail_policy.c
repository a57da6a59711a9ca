/* mail_policy.c: what domains publish about their mail (U14). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "format/mail_policy.h"

static void
U14_spf_is_one_record_that_ends_with_all(void **state)
{
	static const struct {
		const char *text;
		enum policy_mark mark;
	} cases[] = {{"v=spf1 mx include:_spf.example.net -all", POLICY_GOOD}, {"v=spf1 a ~all", POLICY_GOOD},
	    {"v=spf1 redirect=_spf.example.net", POLICY_GOOD}, {"v=spf1 mx", POLICY_WEAK},
	    {"v=spf1 mx ?all", POLICY_WEAK}, {"v=spf1 +all", POLICY_BAD}, {"v=spf1 all", POLICY_BAD},
	    {"v=spf10 -all", POLICY_BAD}, {"google-site-verification=x", POLICY_BAD},
	    {"v=spf1", POLICY_WEAK}};
	const struct str two[] = {STR("v=spf1 mx -all"), STR("v=spf1 a -all")};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct str texts[] = {STR("other"), str_of(cases[i].text)};

		if (policy_spf(texts, 2).mark != cases[i].mark)
			fail_msg("%s: %s", cases[i].text, policy_spf(texts, 2).words);
	}
	assert_int_equal(policy_spf(two, 2).mark, POLICY_BAD);
	assert_int_equal(policy_spf(two, 0).mark, POLICY_BAD);
	assert_int_equal(policy_spf(two, 1).record.len, two[0].len);
}

static void
U14_dkim_keys_are_long_enough_and_not_revoked(void **state)
{
	char text[1000] = "v=DKIM1; k=rsa; p=";
	struct str one;

	(void)state;
	memset(text + strlen(text), 'A', 392); /* 2048 bits */
	one = str_of(text);
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_GOOD);
	one.len -= 392 - 216;
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_WEAK);
	one.len -= 100;
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_BAD);
	one = STR("v=DKIM1; p=");
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_BAD);
	one = STR("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_WEAK);
	one = STR("something else");
	assert_int_equal(policy_dkim(&one, 1).mark, POLICY_BAD);
	assert_int_equal(policy_dkim(NULL, 0).mark, POLICY_BAD);
}

static void
U14_dmarc_says_what_to_do_with_forgeries(void **state)
{
	static const struct {
		const char *text;
		enum policy_mark mark;
	} cases[] = {{"v=DMARC1; p=reject", POLICY_GOOD},
	    {"v=DMARC1; p=quarantine; rua=mailto:a@b.fr", POLICY_GOOD}, {"v=DMARC1;p=none", POLICY_WEAK},
	    {"v=DMARC1; p=none; rua=mailto:a@b.fr", POLICY_WEAK}, {"v=DMARC1; p=", POLICY_BAD},
	    {"v=DMARC1", POLICY_BAD}, {"v=DMARC12; p=reject", POLICY_BAD}, {"p=reject", POLICY_BAD}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = str_of(cases[i].text);

		if (policy_dmarc(&text, 1).mark != cases[i].mark)
			fail_msg("%s: %s", cases[i].text, policy_dmarc(&text, 1).words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(U14_spf_is_one_record_that_ends_with_all),
	    cmocka_unit_test(U14_dkim_keys_are_long_enough_and_not_revoked),
	    cmocka_unit_test(U14_dmarc_says_what_to_do_with_forgeries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
