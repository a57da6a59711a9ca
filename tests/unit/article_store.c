/* Articles read by address, moved, withdrawn, removed. */
#include "article_fixture.h"

#include "store/article_admin.h"

static void
rights_by_address_hold_what_the_decision_needs(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	struct article_rights r;
	int64_t id = site_put(s, &d);

	assert_int_equal(rights_of(s, "innovation", "colloque", &r), ERR_NONE);
	assert_int_equal(r.id, id);
	assert_str(r.access, "subscriber");
	assert_str(r.section, "innovation");
	assert_int_equal(r.published_at, NOW - DAY);
	assert_int_equal(r.withdrawn_at, 0);
	assert_int_equal(r.plan_count, 2);
	assert_int_equal(r.plans[0] + r.plans[1], 3);
	assert_int_equal(rights_of(s, "service", "colloque", &r), ERR_NOT_FOUND);
	assert_int_equal(rights_of(s, "innovation", "colloques", &r), ERR_NOT_FOUND);
}

static void
free_part_has_all_that_a_page_shows(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	struct article a;
	int64_t id = site_put(s, &d);

	assert_int_equal(article_store_read(s->open, &s->arena, id, &a), ERR_NONE);
	assert_str(a.section_name, "Innovation");
	assert_str(a.label, "Reportage");
	assert_str(a.title, "colloque");
	assert_str(a.standfirst_html, "<p>Chapô</p>");
	assert_str(a.teaser_html, "<p>Libre</p>");
	assert_str(a.outline, "Suite\nFin");
	assert_str(a.image, "senat.webp");
	assert_str(a.image_credit, "Photo N. N.");
	assert_int_equal(a.image_width, 1200);
	assert_int_equal(a.words, 3);
	assert_int_equal(a.percent_left, 67);
	assert_int_equal(a.byline_count, 2);
	assert_str(a.bylines[0].name, "Elsa AOUSTET");
	assert_false(a.bylines[0].collective);
	assert_true(a.bylines[1].collective);
	assert_int_equal(a.tag_count, 2);
	assert_str(a.tags[1].name, "Sénat");
	assert_int_equal(article_store_read(s->open, &s->arena, id + 1, &a), ERR_NOT_FOUND);
}

static void
LK1_the_body_is_refused_to_the_public_connection(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d);
	struct str html = STR_NONE;

	assert_int_equal(article_store_body(s->open, &s->arena, id, &html), ERR_DENIED);
	assert_int_equal(html.len, 0);
	assert_int_equal(article_store_body(s->full, &s->arena, id, &html), ERR_NONE);
	assert_str(html, "<p>Libre</p><p>CANARY payant</p>");
	assert_int_equal(article_store_body(s->full, &s->arena, id + 1, &html), ERR_NOT_FOUND);
}

static void
LK8_published_withdrawn_and_removed_by_slug(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	struct article_rights r;

	site_put(s, &d);
	assert_int_equal(article_admin_withdraw(s->writer, STR("colloque"), NOW, &s->f), ERR_NONE);
	assert_int_equal(rights_of(s, "innovation", "colloque", &r), ERR_NONE);
	assert_int_equal(r.withdrawn_at, NOW);
	assert_int_equal(article_admin_publish(s->writer, STR("colloque"), NOW + DAY, &s->f), ERR_NONE);
	assert_int_equal(rights_of(s, "innovation", "colloque", &r), ERR_NONE);
	assert_int_equal(r.withdrawn_at, 0);
	assert_int_equal(r.published_at, NOW + DAY);
	assert_int_equal(article_admin_unpublish(s->writer, STR("colloque"), &s->f), ERR_NONE);
	assert_int_equal(rights_of(s, "innovation", "colloque", &r), ERR_NONE);
	assert_int_equal(r.published_at, 0);
	assert_int_equal(article_admin_remove(s->writer, STR("colloque"), &s->f), ERR_NONE);
	assert_int_equal(rights_of(s, "innovation", "colloque", &r), ERR_NOT_FOUND);
	assert_int_equal(article_admin_remove(s->writer, STR("colloque"), &s->f), ERR_NOT_FOUND);
	assert_non_null(strstr(s->f.text, "colloque"));
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_body"), 0);
	assert_int_equal(site_int(s, "SELECT count(*) FROM article_author"), 0);
}

static void
assert_moved(struct site *s, const char *path, const char *to)
{
	struct str now = STR_NONE;
	enum err e = article_store_moved(s->open, &s->arena, str_of(path), &now);

	assert_int_equal(e, to == NULL ? ERR_NOT_FOUND : ERR_NONE);
	if (to != NULL)
		assert_str(now, to);
}

static void
old_addresses_lead_to_the_new_one(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("un");

	site_put(s, &d);
	site_script(s, "UPDATE article SET slug = 'deux'");
	assert_moved(s, "innovation/un", "innovation/deux");
	site_script(s, "UPDATE article SET slug = 'trois', section_id = 2");
	assert_moved(s, "innovation/un", "service/trois");
	assert_moved(s, "innovation/deux", "service/trois");
	site_script(s, "UPDATE section SET slug = 'services' WHERE id = 2");
	assert_moved(s, "service", "services");
	assert_moved(s, "service/trois", "services/trois");
	assert_moved(s, "innovation/un", "services/trois");
	site_script(s, "UPDATE article SET slug = 'quatre'");
	assert_moved(s, "service/trois", "services/quatre");
	site_script(s, "UPDATE author SET slug = 'elsa-aoustet' WHERE slug = 'elsa'; UPDATE tag SET slug = "
	               "'i-a' WHERE slug = 'ia'");
	assert_moved(s, "author/elsa", "author/elsa-aoustet");
	assert_moved(s, "tag/ia", "tag/i-a");
	assert_moved(s, "service/inconnu", NULL);
	assert_moved(s, "innovation/cinq", NULL);
	assert_moved(s, "a/b/c", NULL);
	assert_moved(s, "", NULL);
}

static void
a_live_article_takes_an_old_address_back(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("un");

	site_put(s, &d);
	site_script(s, "UPDATE article SET slug = 'deux'");
	assert_moved(s, "innovation/un", "innovation/deux");
	d = site_draft("un", NOW);
	site_put(s, &d);
	assert_moved(s, "innovation/un", NULL);
	site_script(s, "DELETE FROM article WHERE slug = 'un'; UPDATE article SET slug = 'un'");
	assert_moved(s, "innovation/deux", "innovation/un");
	assert_moved(s, "innovation/un", NULL);
}

static void
list_for_editors_has_every_state(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("un");
	struct article_row *rows;
	size_t n;

	site_put(s, &d);
	d = site_draft("deux", 0);
	site_put(s, &d);
	assert_int_equal(article_admin_list(s->open, &s->arena, 0, 10, &rows, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_str(rows[0].plans, "essentiel, integral");
	assert_str(rows[1].plans, "");
	assert_int_equal(rows[1].published_at, 0);
	assert_int_equal(article_admin_list(s->open, &s->arena, rows[0].id, 10, &rows, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_str(rows[0].slug, "deux");
}

static void
FT19_a_full_arena_is_said_not_shown_in_part(void **state)
{
	struct site *s = *state;
	struct article_draft d = full_draft("colloque");
	int64_t id = site_put(s, &d);
	struct article a;
	struct arena tiny;
	enum err e = ERR_MEMORY;
	size_t limit = 16;

	for (; e == ERR_MEMORY; limit += 16) {
		arena_init(&tiny, limit);
		e = article_store_read(s->open, &tiny, id, &a);
		arena_free(&tiny);
	}
	assert_int_equal(e, ERR_NONE);
	assert_true(limit > 200);
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(rights_by_address_hold_what_the_decision_needs),
	    CASE(free_part_has_all_that_a_page_shows),
	    CASE(LK1_the_body_is_refused_to_the_public_connection),
	    CASE(LK8_published_withdrawn_and_removed_by_slug),
	    CASE(old_addresses_lead_to_the_new_one),
	    CASE(a_live_article_takes_an_old_address_back),
	    CASE(list_for_editors_has_every_state),
	    CASE(FT19_a_full_arena_is_said_not_shown_in_part),
	};

	return cmocka_run_group_tests_name("article_store", tests, NULL, NULL);
}
