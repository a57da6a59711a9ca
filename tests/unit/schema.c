/* The schema: wrong rows refused with the reason. */
#include "store_help.h"

#define SLUG80 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh"

struct refusal {
	const char *sql, *why; /* a part of the message */
};

static void
assert_refused(struct site *s, const struct refusal *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum err e;

		assert_int_equal(db_begin(s->writer), ERR_NONE);
		e = db_script(s->writer, "typed", list[i].sql, &s->f);
		db_rollback(s->writer);
		if (e == ERR_NONE)
			fail_msg("taken: %s", list[i].sql);
		if (strstr(s->f.text, list[i].why) == NULL)
			fail_msg("%s\n  says: %s\n  not:  %s", list[i].sql, s->f.text, list[i].why);
	}
}

#define REFUSED(s, list) assert_refused((s), (list), sizeof(list) / sizeof *(list))

static void
FT16_slugs_are_refused_with_the_rule(void **state)
{
	static const struct refusal list[] = {
	    {"UPDATE article SET slug = ''", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = 'Un'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = 'é'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = 'a b'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = '../x'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = '-a'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = 'a-'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = 'a--b'", "article.slug: letters a-z"},
	    {"UPDATE article SET slug = '" SLUG80 "x'", "at most 80"},
	    {"UPDATE section SET slug = 'Service!' WHERE id = 1", "section.slug: letters a-z"},
	    {"UPDATE section SET slug = 'service' WHERE id = 1", "section.slug"},
	    {"UPDATE author SET slug = 'a/b'", "author.slug: letters a-z"},
	    {"UPDATE tag SET slug = 'a.b'", "tag.slug: letters a-z"},
	    {"UPDATE plan SET slug = 'A' WHERE id = 1", "plan.slug: letters a-z"},
	    {"INSERT INTO article (slug, section_id, title) VALUES ('un', 2, 'x')",
	        "another article has this slug"},
	    {"INSERT OR REPLACE INTO article (slug, section_id, title) VALUES ('un', 2, 'x')",
	        "another article has this slug"},
	};
	struct site *s = *state;

	REFUSED(s, list);
	site_script(s, "UPDATE article SET slug = '" SLUG80 "'; UPDATE article SET slug = '2-a-3'");
}

static void
section_slugs_that_the_site_uses_are_refused(void **state)
{
	static const char *const words[] = {"account", "login", "logout", "static", "media", "feed", "tag",
	    "author", "search", "subscribe", "newsletter", "gift", "privacy", "webhooks", "healthz",
	    "metrics", "sitemap", "sitemap-news", "robots", "well-known"};
	static const char sql[] = "INSERT INTO section (slug, name) VALUES ($1, 'x')";
	struct site *s = *state;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (db_exec(s->writer, NULL, sql, "z", words[i]) != ERR_INVALID)
			fail_msg("taken: %s", words[i]);
		assert_non_null(strstr(db_message(s->writer), "uses this word"));
	}
	assert_int_equal(db_exec(s->writer, NULL, sql, "z", "vie-locale"), ERR_NONE);
}

static void
FT16_articles_that_could_not_be_served_are_refused(void **state)
{
	static const struct refusal list[] = {
	    {"UPDATE article SET access = 'secret'", "public, registered, metered or subscriber"},
	    {"UPDATE article SET access = ''", "public, registered, metered or subscriber"},
	    {"UPDATE article SET access = NULL", "article.access"},
	    {"UPDATE article SET access = 'public'", "only subscriber articles ask for plans"},
	    {"UPDATE article SET published_at = '2026-01-01'", "published_at"},
	    {"UPDATE article SET published_at = 1780000000000", "epoch seconds"},
	    {"UPDATE article SET published_at = 0", "epoch seconds"},
	    {"UPDATE article SET withdrawn_at = -1", "withdrawn_at: epoch seconds"},
	    {"UPDATE article SET updated_at = 1.5", "updated_at"},
	    {"UPDATE article SET title = ' '", "article.title: 1 to 300"},
	    {"UPDATE article SET title = 'a' || char(10) || 'b'", "one line"},
	    {"UPDATE article SET title = printf('%.301c', 'a')", "article.title: 1 to 300"},
	    {"UPDATE article SET standfirst = printf('%.2001c', 'a')", "article.standfirst: at most 2000"},
	    {"UPDATE article SET label = printf('%.61c', 'a')", "article.label"},
	    {"UPDATE article SET language = 'french'", "article.language"},
	    {"UPDATE article SET image = '../secret.png'", "article.image"},
	    {"UPDATE article SET image = '/etc/passwd'", "article.image"},
	    {"UPDATE article SET image = 'https://x/y.png'", "article.image"},
	    {"UPDATE article SET image_width = -1", "image_width"},
	    {"UPDATE article SET teaser_limit = '100%'", "article.teaser_limit"},
	    {"UPDATE article SET teaser_limit = 'half'", "article.teaser_limit"},
	    {"UPDATE article SET words_shown = 11", "words_shown"},
	    {"UPDATE article SET percent_left = 101", "percent_left"},
	    {"UPDATE article SET section_id = 99", "no such section"},
	    {"UPDATE article SET id = 2", "article.id never changes"},
	    {"INSERT INTO article (slug, section_id, title) VALUES ('x', 99, 'x')", "no such section"},
	    {"INSERT INTO article (slug, section_id, title) VALUES ('x', (SELECT id FROM section WHERE slug "
	     "= 'y'), 'x')",
	        "no such section"},
	    {"UPDATE article_body SET markdown = printf('%.262145c', 'a')", "256 KiB"},
	    {"UPDATE article_body SET markdown = replace(printf('%.131073c', 'a'), 'a', 'é')", "256 KiB"},
	    {"UPDATE article_body SET markdown = NULL", "article_body.markdown"},
	    {"UPDATE article_body SET html = NULL", "only with html"},
	    {"UPDATE article_body SET article_id = 2", "stays with its article"},
	    {"INSERT INTO article_body (article_id, markdown) VALUES (99, 'x')", "no such article"},
	    {"INSERT INTO author (slug, name, kind) VALUES ('x', 'X', 'robot')", "person or collective"},
	    {"INSERT INTO author (slug, name) VALUES ('x', '')", "author.name"},
	    {"INSERT INTO tag (slug, name) VALUES ('x', char(9))", "tag.name"},
	};

	REFUSED(*state, list);
	site_script(*state,
	    "UPDATE article SET teaser_limit = '20%'; UPDATE article SET teaser_limit = '3 paragraphs';"
	    "UPDATE article SET teaser_limit = '120 words'; UPDATE article_body SET markdown ="
	    " printf('%.262144c', 'a'); UPDATE article SET published_at = unixepoch('1965-04-01')");
}

static void
links_to_nothing_and_removals_that_would_open_articles_are_refused(void **state)
{
	static const struct refusal list[] = {
	    {"INSERT INTO article_author (article_id, author_id) VALUES (99, 1)", "no such article"},
	    {"INSERT INTO article_author (article_id, author_id) VALUES (1, 99)", "no such author"},
	    {"UPDATE article_author SET author_id = 2", "DELETE the row"},
	    {"INSERT INTO article_tag (article_id, tag_id) VALUES (99, 1)", "no such article"},
	    {"INSERT INTO article_tag (article_id, tag_id) VALUES (1, 99)", "no such tag"},
	    {"UPDATE article_tag SET tag_id = 2", "DELETE the row"},
	    {"INSERT INTO article_plan (article_id, plan_id) VALUES (1, 99)", "no such plan"},
	    {"DELETE FROM article_plan; UPDATE article SET access = 'metered';"
	     "INSERT INTO article_plan (article_id, plan_id) VALUES (1, 1)",
	        "access is subscriber"},
	    {"UPDATE article_plan SET plan_id = 1", "DELETE the row"},
	    {"DELETE FROM plan WHERE id = 2", "would open to every plan"},
	    {"DELETE FROM plan WHERE id = 1", "subscriptions name it"},
	    {"DELETE FROM section WHERE id = 1", "still has articles"},
	    {"DELETE FROM author", "still bear this byline"},
	    {"UPDATE section SET id = 7 WHERE id = 1", "never changes"},
	    {"UPDATE author SET id = 7", "never changes"},
	    {"UPDATE tag SET id = 7", "never changes"},
	    {"UPDATE plan SET id = 7 WHERE id = 1", "never changes"},
	    {"INSERT INTO slug_history (path, article_id) VALUES ('a/b', 99)", "does not exist"},
	    {"INSERT INTO slug_history (path) VALUES ('a/b')", "one of article_id"},
	    {"INSERT INTO slug_history (path, article_id, section_id) VALUES ('a/b', 1, 1)",
	        "one of article_id"},
	    {"INSERT INTO slug_history (path, article_id) VALUES ('/a/b', 1)", "without a slash"},
	    {"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 30) INSERT INTO tag "
	     "(id, slug, name)"
	     " SELECT i, 't' || i, 'T' FROM n; INSERT INTO article_tag (article_id, tag_id) SELECT 1, id "
	     "FROM tag WHERE id > 1",
	        "at most 20 tags"},
	};

	REFUSED(*state, list);
}

static void
SE3_readers_rows_that_would_revive_or_rewrite_are_refused(void **state)
{
	static const struct refusal list[] = {
	    {"INSERT INTO subscriber (email) VALUES ('lea@example.org')", "has an account already"},
	    {"INSERT OR REPLACE INTO subscriber (email) VALUES ('lea@example.org')",
	        "has an account already"},
	    {"INSERT OR REPLACE INTO subscriber (id, email) VALUES (1, 'new@example.org')",
	        "has an account already"},
	    {"INSERT INTO subscriber (email) VALUES ('Zoe@example.org')", "small letters only"},
	    {"INSERT INTO subscriber (email) VALUES ('zoe')", "one address as"},
	    {"UPDATE subscriber SET id = 9 WHERE id = 1", "id never changes"},
	    {"UPDATE subscriber SET generation = 0", "only grows"},
	    {"UPDATE subscription SET ends_at = 1900000000", "INSERT another period"},
	    {"UPDATE subscription SET subscriber_id = 2", "INSERT another period"},
	    {"UPDATE subscription SET plan_id = 2", "INSERT another period"},
	    {"UPDATE subscription SET grace_s = 5", "INSERT another period"},
	    {"UPDATE subscription SET ended_at = 1750000000", "come together"},
	    {"UPDATE subscription SET ended_at = 1750000000, ended_reason = ''", "come together"},
	    {"UPDATE subscription SET ended_at = 1750000000, ended_reason = 'refund';"
	     "UPDATE subscription SET ended_at = NULL, ended_reason = NULL",
	        "brought forward"},
	    {"UPDATE subscription SET ended_at = 1750000000, ended_reason = 'refund';"
	     "UPDATE subscription SET ended_at = 1750000001",
	        "brought forward"},
	    {"DELETE FROM subscription", "is history"},
	    {"INSERT OR REPLACE INTO subscription (id, subscriber_id, plan_id, starts_at, ends_at)"
	     " VALUES (1, 2, 2, 1700000000, 1900000000)",
	        "never replaced"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (99, 1, "
	     "1700000000, 1800000000)",
	        "no such account"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 99, "
	     "1700000000, 1800000000)",
	        "no such plan"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 1, "
	     "1800000000, 1700000000)",
	        "ends before it starts"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 1, "
	     "'2026-01-01', '2027-01-01')",
	        "starts_at"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at, kind)"
	     " VALUES (1, 1, 1700000000, 1800000000, 'free')",
	        "paid, trial or complimentary"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at, grace_s)"
	     " VALUES (1, 1, 1700000000, 1800000000, 99999999)",
	        "90 days"},
	    {"INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) VALUES (1, 99, "
	     "1, 9999999999, 1)",
	        "no such account"},
	    {"INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) VALUES (1, 1, 1, "
	     "5, 1)",
	        "after created_at"},
	    {"INSERT INTO login_link (hash, subscriber_id, purpose, expires_at) VALUES ('x', 1, 'session', "
	     "unixepoch() + 9)",
	        "64 hexadecimal"},
	    {"INSERT INTO login_link (hash, subscriber_id, purpose, created_at, expires_at)"
	     " VALUES (printf('%.64c', 'a'), 1, 'session', 1, 86402)",
	        "by a day at most"},
	    {"INSERT INTO login_link (hash, subscriber_id, purpose, expires_at)"
	     " VALUES (printf('%.64c', 'a'), 99, 'session', unixepoch() + 9)",
	        "no such account"},
	    {"INSERT INTO login_link (hash, subscriber_id, purpose, expires_at) VALUES (printf('%.64c', "
	     "'a'), 1, 'session',"
	     " unixepoch() + 9); UPDATE login_link SET used_at = 1; UPDATE login_link SET used_at = NULL",
	        "used once"},
	    {"UPDATE change_log SET ref = 9", "never changed"},
	    {"DELETE FROM change_log", "younger than a day"},
	    {"INSERT INTO change_log (kind, ref, detail) VALUES ('reader', 1, 'access')", "change_log.kind"},
	};

	REFUSED(*state, list);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open_with_rows, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(FT16_slugs_are_refused_with_the_rule),
	    CASE(section_slugs_that_the_site_uses_are_refused),
	    CASE(FT16_articles_that_could_not_be_served_are_refused),
	    CASE(links_to_nothing_and_removals_that_would_open_articles_are_refused),
	    CASE(SE3_readers_rows_that_would_revive_or_rewrite_are_refused),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
