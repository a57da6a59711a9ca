/* Articles stored whole, only when they differ, and rendered again when typed by SQL. */
#include "article_fixture.h"

static void
put_again_without_a_difference_writes_nothing(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d), changes, edition;

	changes = site_int(s, "SELECT max(id) FROM change_log");
	edition = site_int(s, "SELECT edition FROM article");
	assert_int_equal(site_put(s, &d), id);
	assert_int_equal(site_int(s, "SELECT max(id) FROM change_log"), changes);
	assert_int_equal(site_int(s, "SELECT edition FROM article"), edition);
}

static void
put_replaces_what_differs_and_keeps_the_publication_time(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d);
	struct article a;

	d.title = d.made.title_shown = STR("Autre titre");
	d.published_at = 0;
	d.section = STR("service");
	d.access = STR("registered");
	d.plan_count = 0;
	d.author_count = 1;
	d.authors = &authors[1];
	d.tag_count = 0;
	d.made.hash = STR("s2");
	assert_int_equal(site_put(s, &d), id);
	assert_int_equal(article_store_read(s->open, &s->arena, id, &a), ERR_NONE);
	assert_str(a.title, "Autre titre");
	assert_str(a.section, "service");
	assert_int_equal(a.published_at, NOW - DAY);
	assert_int_equal(a.byline_count, 1);
	assert_str(a.bylines[0].slug, "la-redaction");
	assert_int_equal(a.tag_count, 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_plan"), 0);
	assert_int_equal(site_int(s, "SELECT stale FROM article_body"), 0);
}

static void
put_refuses_unknown_sections_and_plans_by_name(void **state)
{
	static const struct str unknown[] = {{"or", 2}};
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id;

	d.section = STR("nulle-part");
	assert_int_equal(db_begin(s->writer), ERR_NONE);
	assert_int_equal(article_write_put(s->writer, &d, NOW, &id, NULL, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "nulle-part"));
	d.section = STR("service");
	d.plans = unknown;
	d.plan_count = 1;
	assert_int_equal(article_write_put(s->writer, &d, NOW, &id, NULL, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "\"or\""));
	d.plans = both_plans;
	d.access = STR("public");
	assert_int_equal(article_write_put(s->writer, &d, NOW, &id, NULL, &s->f), ERR_INVALID);
	assert_non_null(strstr(s->f.text, "subscriber"));
	d.access = STR("secret");
	assert_int_equal(article_write_put(s->writer, &d, NOW, &id, NULL, &s->f), ERR_INVALID);
	db_rollback(s->writer);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article"), 0);
}

static void
markdown_changed_by_sql_is_rendered_once(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d), ids[4];
	struct article_source source;
	struct article_rendering r = d.made;
	struct str html;
	size_t n;

	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 0);
	site_script(s, "UPDATE article_body SET markdown = 'Neuf.'");
	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], id);
	assert_int_equal(article_write_source(s->writer, &s->arena, id, &source), ERR_NONE);
	assert_str(source.markdown, "Neuf.");
	assert_str(source.access, "subscriber");
	assert_int_equal(source.image_width, 1200);
	r.html = STR("<p>Neuf.</p>");
	r.hash = STR("s2");
	assert_int_equal(article_write_rendering(s->writer, id, source.edition, &r, NOW, &s->f), ERR_NONE);
	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(article_store_body(s->full, &s->arena, id, &html), ERR_NONE);
	assert_str(html, "<p>Neuf.</p>");
}

static void
rendering_of_an_older_text_is_refused(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d), ids[4];
	struct article_source source;
	size_t n;

	site_script(s, "UPDATE article_body SET markdown = 'Neuf.'");
	assert_int_equal(article_write_source(s->writer, &s->arena, id, &source), ERR_NONE);
	site_script(s, "UPDATE article_body SET markdown = 'Plus neuf.'");
	assert_int_equal(
	    article_write_rendering(s->writer, id, source.edition, &d.made, NOW, &s->f), ERR_CONFLICT);
	assert_int_equal(article_write_refusal(s->writer, id, source.edition, STR("no")), ERR_CONFLICT);
	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
refused_rendering_waits_for_the_next_change(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d), ids[4];
	struct article_source source;
	size_t n;

	site_script(s, "UPDATE article_body SET markdown = 'Neuf.'");
	assert_int_equal(article_write_source(s->writer, &s->arena, id, &source), ERR_NONE);
	assert_int_equal(article_write_refusal(s->writer, id, source.edition, STR("too deep")), ERR_NONE);
	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(
	    site_int(s, "SELECT count(*) FROM article_state WHERE state = 'refused: too deep'"), 1);
	site_script(s, "UPDATE article_body SET markdown = 'Encore.'");
	assert_int_equal(article_write_stale(s->writer, ids, 4, &n), ERR_NONE);
	assert_int_equal(n, 1);
}

static void
LK8_an_article_typed_by_sql_is_not_there_before_it_is_rendered(void **state)
{
	struct site *s = *state;
	struct article_rights r;
	struct article_source source;
	struct article_draft d = site_draft("main", NOW);
	struct str html;

	site_script(s, "INSERT INTO article (slug, section_id, title, published_at) VALUES ('main', 2, "
	               "'Main', 1700000000);"
	               "INSERT INTO article_body (article_id, markdown) SELECT id, 'Texte.' FROM article "
	               "WHERE slug = 'main';");
	assert_int_equal(rights_of(s, "service", "main", &r), ERR_NONE);
	assert_int_equal(r.published_at, 0);
	assert_int_equal(article_store_body(s->full, &s->arena, r.id, &html), ERR_NOT_FOUND);
	assert_int_equal(article_write_source(s->writer, &s->arena, r.id, &source), ERR_NONE);
	assert_int_equal(
	    article_write_rendering(s->writer, r.id, source.edition, &d.made, NOW, &s->f), ERR_NONE);
	assert_int_equal(rights_of(s, "service", "main", &r), ERR_NONE);
	assert_int_equal(r.published_at, 1700000000);
	/* its text replaced whole: away again until rendered */
	site_script(
	    s, "INSERT OR REPLACE INTO article_body (article_id, markdown) SELECT id, 'Autre.' FROM article");
	assert_int_equal(rights_of(s, "service", "main", &r), ERR_NONE);
	assert_int_equal(r.published_at, 0);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(put_again_without_a_difference_writes_nothing),
	    CASE(put_replaces_what_differs_and_keeps_the_publication_time),
	    CASE(put_refuses_unknown_sections_and_plans_by_name),
	    CASE(markdown_changed_by_sql_is_rendered_once),
	    CASE(rendering_of_an_older_text_is_refused),
	    CASE(refused_rendering_waits_for_the_next_change),
	    CASE(LK8_an_article_typed_by_sql_is_not_there_before_it_is_rendered),
	};

	return cmocka_run_group_tests_name("article_write", tests, NULL, NULL);
}
