/* publish.c: files and rows rendered, again when SQL changed them, and never twice for the same. */
#include "store_help.h"

#include <pthread.h>

#include "base/file.h"
#include "core/publish.h"

static const char long_text[] =
    "Le texte *commence* ici ? Il est assez long pour que l'on puisse le couper quelque part, et "
    "le mot CANARI est tout à la fin, derrière ce que tout le monde peut lire.\n\n## Suite\n\n"
    "Encore un peu de texte, pour faire bonne mesure, et enfin : CANARI.\n";

static const struct config *
settings(struct site *s)
{
	static struct config cfg;

	cfg = (struct config){.site_language = "fr", .teaser = "20%", .media = s->folder};
	return &cfg;
}

static void
type_article(struct site *s)
{
	static const char article[] =
	    "INSERT INTO article (slug, section_id, title, standfirst, published_at)"
	    " VALUES ('quai', 1, 'Un quai ?', 'Le chapô : l''essentiel.', 1700000000)";
	static const char body[] = "INSERT INTO article_body (article_id, markdown) VALUES (1, $1)";

	site_script(s, article);
	assert_int_equal(db_exec(s->writer, NULL, body, "z", long_text), ERR_NONE);
}

static struct article
read_back(struct site *s)
{
	struct article a;

	assert_int_equal(article_store_read(s->open, &s->arena, 1, &a), ERR_NONE);
	return a;
}

static void
FT1_sql_typed_articles_are_rendered(void **state)
{
	struct site *s = *state;
	struct article a;
	struct str html;

	type_article(s);
	assert_int_equal(read_back(s).rendered_at, 0);
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	a = read_back(s);
	assert_true(a.rendered_at > 0);
	assert_true(str_eq(a.title, STR("Un quai\u202f?")));
	assert_true(str_eq(a.standfirst_text, STR("Le chapô\u00a0: l’essentiel.")));
	assert_true(str_eq(a.standfirst_html, STR("Le chapô\u00a0: l’essentiel.")));
	assert_true(str_starts(a.teaser_html, STR("<p>Le texte <em>commence</em> ici\u202f? Il")));
	assert_true(str_find(a.teaser_html, STR("CANARI")) == a.teaser_html.len);
	assert_true(str_find(a.teaser_text, STR("CANARI")) == a.teaser_text.len);
	assert_true(
	    a.words > a.words_shown && a.words_shown > 0 && a.percent_left >= 75 && a.percent_left <= 85);
	assert_int_equal(article_store_body(s->full, &s->arena, 1, &html), ERR_NONE);
	assert_true(str_find(html, STR("CANARI.</p>")) < html.len);
}

static void
FT1_rendering_is_idempotent_and_follows_changes(void **state)
{
	struct site *s = *state;
	int64_t edition;

	type_article(s);
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	edition = read_back(s).edition;
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).edition, edition);
	site_script(s, "UPDATE article SET title = 'Deux quais !', access = 'public'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_true(str_eq(read_back(s).title, STR("Deux quais\u202f!")));
	assert_int_equal(read_back(s).percent_left, 0);
	site_script(s, "UPDATE article SET access = 'metered', teaser_limit = '3 words'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).words_shown, 3);
}

struct renderer {
	const struct config *config;
	struct db *db;
	enum err e;
	pthread_t thread;
};

static void *
render_all(void *arg)
{
	struct renderer *r = arg;
	struct fault f;

	r->e = publish_stale(r->db, r->config, &f);
	return NULL;
}

static void
FT1_several_renderers_at_once(void **state)
{
	struct site *s = *state;
	struct renderer all[3];

	site_script(s, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
	               " INSERT INTO article (slug, section_id, title, published_at) SELECT 'a' || i, 1, 'A "
	               "?', 1 FROM n;"
	               "INSERT INTO article_body (article_id, markdown) SELECT id, 'Un texte, *puis* un "
	               "autre.' FROM article");
	for (size_t i = 0; i < 3; i++) {
		all[i] = (struct renderer){.config = settings(s)};
		assert_int_equal(db_open(&all[i].db, s->path, DB_WRITER, false, &s->f), ERR_NONE);
		assert_int_equal(pthread_create(&all[i].thread, NULL, render_all, &all[i]), 0);
	}
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(all[i].thread, NULL), 0);
		assert_true(all[i].e == ERR_NONE || all[i].e == ERR_BUSY);
		db_close(all[i].db);
	}
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(
	    site_int(s,
	        "SELECT count(*) FROM article a JOIN article_body b ON b.article_id = a.id WHERE b.stale = 0"
	        " AND b.html LIKE '<p>Un texte%' AND a.rendered_hash = b.rendered_hash AND a.edition = 2"),
	    60);
}

static void
LK6_refused_text_stays_away_with_its_reason(void **state)
{
	static const char nested[] = "UPDATE article_body SET markdown = "
	                             "replace('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'x', '>')";
	struct site *s = *state;
	int64_t n;

	type_article(s);
	site_script(s, nested);
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).rendered_at, 0);
	assert_int_equal(
	    db_int(s->writer, &n,
	        "SELECT count(*) FROM article_body WHERE stale = 2 AND render_error LIKE 'line 1: %'", ""),
	    ERR_NONE);
	assert_int_equal(n, 1);
	site_script(s, "UPDATE article_body SET markdown = 'Un texte qui va.'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_true(read_back(s).rendered_at > 0);
}

/* Headings are words of the paid part: only the editor's yes makes them free. */
static void
LK1_headings_of_the_hidden_part_are_given_away_only_on_purpose(void **state)
{
	struct site *s = *state;

	type_article(s);
	site_script(s, "UPDATE article_body SET markdown = '## D\xc3\xa9j\xc3\xa0 l\xc3\xa0\n\nUn deux trois "
	               "quatre cinq six sept huit.\n\n"
	               "## La *suite* & fin\n\nUn deux trois quatre cinq six sept huit neuf dix onze.\n\n### "
	               "Plus bas\n\nUn.\n\n## Apr\xc3\xa8s\n\nDeux.'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).outline.len, 0);
	site_script(s, "UPDATE article SET outline_wish = 'yes'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_true(str_eq(read_back(s).outline, STR("La suite & fin\nApr\xc3\xa8s\n")));
	site_script(s, "UPDATE article SET outline_wish = 'no'");
	assert_int_equal(read_back(s).outline.len, 0);
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).outline.len, 0);
	site_script(s, "UPDATE article SET outline_wish = 'yes', access = 'public'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).outline.len, 0);
}

static void
AD6_media_are_measured_in_their_folder(void **state)
{
	struct site *s = *state;
	struct publish_media media = {s->folder, ""};
	struct picture p;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/a.svg", s->folder);
	assert_int_equal(file_write(path, STR("<svg width='30' height='20'/>"), 0644, true, NULL), ERR_NONE);
	assert_true(publish_media_look(&media, STR("a.svg"), &p));
	assert_int_equal(p.width, 30);
	assert_int_equal(p.height, 20);
	assert_false(publish_media_look(&media, STR("b.svg"), &p));
	type_article(s);
	site_script(s, "UPDATE article SET image = 'a.svg'");
	assert_int_equal(publish_stale(s->writer, settings(s), &s->f), ERR_NONE);
	assert_int_equal(read_back(s).image_width, 30);
	assert_int_equal(unlink(path), 0);
}

static void
contract_files_become_drafts(void **state)
{
	static const char file[] =
	    "---\ntitle: L'été ?\nsection: service\nlabel: 'Qui ?'\naccess: subscriber\nplans: [integral]\n"
	    "authors: [Elsa AOUSTET, {name: La rédaction, collective: true}]\ntags: [L'été]\n"
	    "published: 2024-11-15T08:00:00Z\nimage_alt: L'eau\n---\n\nDu texte, et *encore*.\n";
	struct site *s = *state;
	struct frontmatter fm;
	struct article_draft d;
	int64_t id;
	struct article a;

	assert_int_equal(frontmatter_read(&s->arena, str_of(file), "a.md", &fm, &s->f), ERR_NONE);
	assert_int_equal(publish_draft(&s->arena, settings(s), &fm, "a.md", NULL, &d, &s->f), ERR_NONE);
	assert_int_equal(db_begin(s->writer), ERR_NONE);
	if (article_write_put(s->writer, &d, NOW, &id, NULL, &s->f) != ERR_NONE)
		fail_msg("%s", s->f.text);
	assert_int_equal(db_commit(s->writer), ERR_NONE);
	a = read_back(s);
	assert_true(str_eq(a.slug, STR("l-ete")) && str_eq(a.label, STR("Qui\u202f?")) &&
	            str_eq(a.image_alt, STR("L’eau")));
	assert_int_equal(a.byline_count, 2);
	assert_true(a.bylines[1].collective && str_eq(a.bylines[1].slug, STR("la-redaction")));
	assert_true(str_eq(a.tags[0].slug, STR("l-ete")));
	assert_int_equal(a.published_at, 1731657600);
}

static void
FT16_refusals_name_file_and_line(void **state)
{
	static const char file[] = "---\ntitle: x\nsection: y\n---\nbien\n"
	                           ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>\n";
	struct site *s = *state;
	struct frontmatter fm;
	struct article_draft d;

	assert_int_equal(frontmatter_read(&s->arena, str_of(file), "a.md", &fm, &s->f), ERR_NONE);
	assert_int_equal(publish_draft(&s->arena, settings(s), &fm, "a.md", NULL, &d, &s->f), ERR_INVALID);
	assert_int_equal(strncmp(s->f.text, "a.md:6: opens more than", 23), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(FT1_sql_typed_articles_are_rendered, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        FT1_rendering_is_idempotent_and_follows_changes, site_open, site_close),
	    cmocka_unit_test_setup_teardown(FT1_several_renderers_at_once, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        LK6_refused_text_stays_away_with_its_reason, site_open, site_close),
	    cmocka_unit_test_setup_teardown(
	        LK1_headings_of_the_hidden_part_are_given_away_only_on_purpose, site_open, site_close),
	    cmocka_unit_test_setup_teardown(AD6_media_are_measured_in_their_folder, site_open, site_close),
	    cmocka_unit_test_setup_teardown(contract_files_become_drafts, site_open, site_close),
	    cmocka_unit_test_setup_teardown(FT16_refusals_name_file_and_line, site_open, site_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
