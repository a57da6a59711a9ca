/* The schema: every change logged, redirects and renderings brought about, what belongs together removed. */
#include "store_help.h"

struct logged {
	const char *sql;
	const char *want; /* what is logged, in any order, repeats left out */
};

static void
AD8_every_change_is_logged_whoever_makes_it(void **state)
{
	static const struct logged list[] = {
	    {"UPDATE article SET title = 'Autre'", "article 1 content"},
	    {"UPDATE article SET image_alt = 'x'", "article 1 content"},
	    {"UPDATE article SET label = 'Enquête'", "article 1 content"},
	    {"UPDATE article SET updated_at = 1710000000", "article 1 content"},
	    {"UPDATE article SET label = label", ""},
	    {"UPDATE article SET published_at = NULL", "article 1 access"},
	    {"UPDATE article SET withdrawn_at = 5", "article 1 access"},
	    {"UPDATE article SET rendered_at = NULL", "article 1 access"},
	    {"UPDATE article SET rendered_at = 99", ""},
	    {"UPDATE article SET slug = 'deux'", "article 1 access"},
	    {"UPDATE article SET section_id = 2", "article 1 access"},
	    {"DELETE FROM article_plan", "article 1 access"},
	    {"DELETE FROM article_plan; UPDATE article SET access = 'metered'", "article 1 access"},
	    {"INSERT INTO article (id, slug, section_id, title) VALUES (8, 'x', 1, 'x')", "article 8 access"},
	    {"DELETE FROM article", "article 1 access, article 1 content, author 1 content, tag 1 content"},
	    {"UPDATE article_body SET markdown = 'Neuf.'", "article 1 content"},
	    {"UPDATE article_body SET html = '<p>x</p>'", "article 1 content"},
	    {"UPDATE article_body SET stale = 1", ""},
	    {"DELETE FROM article_body", "article 1 access"},
	    {"DELETE FROM article_author", "article 1 content, author 1 content"},
	    {"UPDATE article_author SET position = 3", "article 1 content"},
	    {"DELETE FROM article_tag", "article 1 content, tag 1 content"},
	    {"DELETE FROM tag", "article 1 content, tag 1 access, tag 1 content"},
	    {"UPDATE section SET name = 'X' WHERE id = 1", "section 1 content"},
	    {"UPDATE section SET slug = 'x' WHERE id = 1", "section 1 access"},
	    {"INSERT INTO section (id, slug, name) VALUES (9, 'x', 'X')", "section 9 access"},
	    {"DELETE FROM section WHERE id = 2", "section 2 access"},
	    {"UPDATE author SET name = 'X'", "author 1 content"},
	    {"UPDATE author SET slug = 'x'", "author 1 access"},
	    {"UPDATE tag SET slug = 'x'", "tag 1 access"},
	    {"UPDATE plan SET price_text = 'x' WHERE id = 1", "plan 1 content"},
	    {"INSERT INTO plan (id, slug, name) VALUES (9, 'x', 'X'); DELETE FROM plan WHERE id = 9",
	        "plan 9 access, plan 9 content"},
	    {"INSERT INTO slug_history (path, section_id) VALUES ('vieux', 2)", "section 2 access"},
	    {"INSERT INTO subscriber (id, email) VALUES (9, 'x@example.org')", "subscriber 9 access"},
	    {"UPDATE subscriber SET name = 'X' WHERE id = 1", "subscriber 1 content"},
	    {"UPDATE subscriber SET blocked_at = 5 WHERE id = 1", "subscriber 1 access"},
	    {"UPDATE subscriber SET generation = 2 WHERE id = 1", "subscriber 1 access"},
	    {"DELETE FROM subscriber WHERE id = 1", "subscriber 1 access"},
	    {"INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (2, 1, "
	     "1700000000, 1800000000)",
	        "subscriber 2 access"},
	    {"UPDATE subscription SET ended_at = 1750000000, ended_reason = 'refund'", "subscriber 1 access"},
	    {"INSERT INTO session (id, subscriber_id, generation, expires_at, last_seen_at) VALUES (4, 1, 1, "
	     "9999999999, 1);"
	     "UPDATE session SET last_seen_at = 2",
	        "session 4 access"},
	};
	static const char sql[] = "SELECT coalesce(group_concat(line, ', '), '') FROM (SELECT DISTINCT kind "
	                          "|| ' ' || ref || ' ' || detail AS line"
	                          " FROM change_log WHERE id > $1 ORDER BY line)";
	struct site *s = *state;
	int64_t seen = site_int(s, "SELECT max(id) FROM change_log");

	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		struct rows *got = NULL;

		assert_int_equal(db_begin(s->writer), ERR_NONE);
		site_script(s, list[i].sql);
		assert_int_equal(db_query(s->writer, sql, &got, "i", seen), ERR_NONE);
		assert_int_equal(rows_next(got), ERR_NONE);
		if (!str_eq(rows_str(got, 0), str_of(list[i].want)))
			fail_msg("%s\n  logs: " STR_FMT "\n  not:  %s", list[i].sql,
			    STR_ARG(rows_str(got, 0)), list[i].want);
		rows_close(got);
		db_rollback(s->writer);
	}
}

static void
what_shows_makes_a_new_edition(void **state)
{
	static const char *const shows[] = {
	    "UPDATE article SET title = 'Autre'",
	    "UPDATE article SET access = 'subscriber', published_at = 1700000001",
	    "UPDATE article SET withdrawn_at = 5",
	    "UPDATE article_body SET markdown = 'x'",
	    "DELETE FROM article_author",
	    "DELETE FROM article_tag",
	    "DELETE FROM article_plan",
	};
	struct site *s = *state;
	int64_t edition = site_int(s, "SELECT edition FROM article");

	for (size_t i = 0; i < sizeof shows / sizeof *shows; i++) {
		int64_t next;

		site_script(s, shows[i]);
		next = site_int(s, "SELECT edition FROM article");
		if (next <= edition)
			fail_msg("no new edition: %s", shows[i]);
		edition = next;
	}
	site_script(s, "UPDATE article SET label = label; UPDATE article_body SET stale = 1");
	assert_int_equal(site_int(s, "SELECT edition FROM article"), edition);
}

static void
changed_sources_are_due_for_rendering_and_the_renderer_ends_it(void **state)
{
	static const char *const sources[] = {
	    "UPDATE article_body SET markdown = 'x'",
	    "UPDATE article SET title = 'x'",
	    "UPDATE article SET standfirst = 'x'",
	    "UPDATE article SET teaser_limit = '30%'",
	    "UPDATE article SET language = 'en'",
	    "UPDATE article SET image = 'x.png'",
	    "DELETE FROM article_plan; UPDATE article SET access = 'metered'",
	};
	struct site *s = *state;

	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		site_script(s, sources[i]);
		if (site_int(s, "SELECT stale FROM article_body") != 1)
			fail_msg("not due: %s", sources[i]);
		site_script(s, "UPDATE article SET rendered_hash = rendered_hash || '1', title_shown = 'x', "
		               "teaser_html = 'x';"
		               "UPDATE article_body SET html = html || 'x', rendered_hash = rendered_hash || "
		               "'1', stale = 0");
		assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 0);
	}
	site_script(s, "UPDATE article SET label = 'x', updated_at = 1710000000, image_alt = 'x'");
	assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 0);
	/* an import brings source and rendering together */
	site_script(s, "UPDATE article SET title = 'y', rendered_hash = 'new';"
	               "UPDATE article_body SET markdown = 'y', rendered_hash = 'new'");
	assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 0);
}

static void
LK17_an_article_closed_by_sql_loses_its_whole_teaser_at_once(void **state)
{
	struct site *s = *state;

	site_script(s,
	    "DELETE FROM article_plan; UPDATE article SET access = 'public';"
	    "UPDATE article SET words_shown = 10, percent_left = 0, teaser_html = '<p>Tout CANARY</p>';"
	    "UPDATE article SET access = 'subscriber'");
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM article WHERE teaser_html = '' AND percent_left = 100"), 1);
	assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 1);
}

static void
LK8_listed_at_is_set_for_what_is_out_and_in_links_too(void **state)
{
	struct site *s = *state;

	assert_int_equal(site_int(s, "SELECT listed_at FROM article"), 1700000000);
	assert_int_equal(site_int(s, "SELECT listed_at FROM article_author"), 1700000000);
	assert_int_equal(site_int(s, "SELECT listed_at FROM article_tag"), 1700000000);
	site_script(s, "UPDATE article SET withdrawn_at = 5");
	assert_int_equal(site_int(s, "SELECT count(*) FROM article WHERE listed_at IS NULL"), 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_author WHERE listed_at IS NULL"), 1);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_tag WHERE listed_at IS NULL"), 1);
	site_script(s, "UPDATE article SET withdrawn_at = NULL, published_at = 1710000000");
	assert_int_equal(site_int(s, "SELECT listed_at FROM article_tag"), 1710000000);
}

/* The sqlite3 shell does not enforce foreign keys: what belongs to a row goes with it all the same. */
static void
removing_takes_along_what_belongs_to_it(void **state)
{
	struct site *s = *state;

	site_script(s, "UPDATE article SET slug = 'deux'; DELETE FROM article");
	assert_int_equal(
	    site_int(s, "SELECT (SELECT count(*) FROM article_body) + (SELECT count(*) FROM article_author)"
	                " + (SELECT count(*) FROM article_tag) + (SELECT count(*) FROM article_plan)"
	                " + (SELECT count(*) FROM slug_history)"),
	    0);
	site_script(s, "DELETE FROM subscriber WHERE id = 1");
	assert_int_equal(site_int(s, "SELECT count(*) FROM subscription"), 0);
}

static void
views_say_the_state_in_words(void **state)
{
	struct site *s = *state;

	assert_int_equal(site_int(s, "SELECT count(*) FROM article_state WHERE state = 'published'"), 1);
	site_script(s, "UPDATE article SET published_at = unixepoch() + 99");
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_state WHERE state = 'scheduled'"), 1);
	site_script(s, "UPDATE article SET published_at = NULL");
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_state WHERE state = 'draft'"), 1);
	site_script(s, "UPDATE article SET withdrawn_at = 5");
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_state WHERE state = 'withdrawn'"), 1);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM subscriber_state WHERE state = 'no subscription'"), 1);
	site_script(s, "UPDATE subscription SET ended_at = 1700000001, ended_reason = 'refund'");
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM subscriber_state WHERE state = 'ended: refund'"), 1);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open_with_rows, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(AD8_every_change_is_logged_whoever_makes_it),
	    CASE(what_shows_makes_a_new_edition),
	    CASE(changed_sources_are_due_for_rendering_and_the_renderer_ends_it),
	    CASE(LK17_an_article_closed_by_sql_loses_its_whole_teaser_at_once),
	    CASE(LK8_listed_at_is_set_for_what_is_out_and_in_links_too),
	    CASE(removing_takes_along_what_belongs_to_it),
	    CASE(views_say_the_state_in_words),
	};

	return cmocka_run_group_tests_name("schema_changes", tests, NULL, NULL);
}
