/* Search: the tokenizer, what is found by whom, the index that follows the articles, related articles. */
#include "store_help.h"

#include "core/indexing.h"
#include "core/search.h"
#include "format/search_words.h"
#include "store/related_store.h"
#include "store/search_store.h"

struct fixture {
	struct site *s;
	struct paywall *pw;
	struct paywall_doors doors;
};

static void
settle(struct site *s)
{
	bool waits = true;

	assert_int_equal(indexing_waits(s->open, NOW, &waits, &s->f), ERR_NONE);
	while (waits)
		if (indexing_step(s->writer, NOW, &waits, &s->f) != ERR_NONE)
			fail_msg("%s", s->f.text);
}

/* Article 3 is closed; its hidden word is canaritruc. */
static const char rows[] =
    "INSERT INTO article (id, slug, section_id, access, title, title_shown, standfirst_text, teaser_text, "
    "published_at,"
    " rendered_at, rendered_hash) VALUES"
    " (1, 'un', 1, 'public', 'x', 'Le journal des réformes', 'Un œuvre d’été', 'Des chevaux à Besançon', "
    "1700000000, 1, 'a'),"
    " (2, 'deux', 1, 'subscriber', 'x', 'Les bateaux de Noël', '', 'La mairie élit sa doyenne', 1700000100, "
    "1, 'b'),"
    " (3, 'trois', 2, 'subscriber', 'x', 'La cantine', 'Le pain', 'Du blé local', 1700000200, 1, 'c'),"
    " (4, 'quatre', 2, 'subscriber', 'x', 'Brouillard', '', 'Demain', 1900000000, 1, 'd');"
    "INSERT INTO article_body (article_id, markdown, html, stale) VALUES (1, 'x', '<p>Entier.</p>', 0),"
    " (2, 'x', '<p>La mairie élit sa doyenne canaritruc &amp; suite.</p>', 0), (3, 'x', '<p>Du blé local et "
    "canaritruc.</p>', 0),"
    " (4, 'x', '<p>Plus tard canaritruc.</p>', 0);"
    "INSERT INTO article_plan (article_id, plan_id) VALUES (2, 2);"
    "INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (1, 1, 1700000000, "
    "1900000000);";

static int
set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);
	void *site = NULL;

	assert_non_null(x);
	site_open(&site);
	x->s = site;
	site_script(x->s, rows);
	settle(x->s);
	x->doors = (struct paywall_doors){x->s->open, x->s->full};
	assert_int_equal(paywall_open(&x->pw, (size_t)1 << 20), ERR_NONE);
	*state = x;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *x = *state;
	void *site = x->s;

	paywall_close(x->pw);
	site_close(&site);
	free(x);
	return 0;
}

static struct search_answer
ask(struct fixture *x, const char *text, const struct facts *facts)
{
	struct search_question q = {
	    .text = str_of(text), .whole = facts != NULL, .facts = facts, .now = NOW, .page = 1};
	struct search_answer answer;

	assert_int_equal(search_ask(x->pw, &x->doors, &x->s->arena, &q, &answer), ERR_NONE);
	return answer;
}

static void
assert_finds(struct fixture *x, const char *text, int64_t id)
{
	struct search_answer answer = ask(x, text, NULL);

	if (answer.count != (id != 0) || (id != 0 && answer.results[0].card.id != id))
		fail_msg("%s: %zu hits", text, answer.count);
}

static void
french_words_meet(void **state)
{
	struct fixture *x = *state;

	assert_finds(x, "journaux", 1);
	assert_finds(x, "JOURNAL", 1);
	assert_finds(x, "oeuvre", 1);
	assert_finds(x, "l’œuvre", 1);
	assert_finds(x, "ete", 1);
	assert_finds(x, "été", 1);
	assert_finds(x, "reforme", 1);
	assert_finds(x, "besancon cheval", 1);
	assert_finds(x, "noel", 2);
	assert_finds(x, "l'été du journal", 1);
	assert_finds(x, "journal cantine", 0);
	assert_finds(x, "le", 0);
	assert_finds(x, "", 0);
}

static void
LK4_hidden_words_find_nothing_for_the_public(void **state)
{
	struct fixture *x = *state;
	struct search_answer hidden = ask(x, "canaritruc", NULL), nonsense = ask(x, "zanaritruk", NULL);

	assert_int_equal(hidden.count, 0);
	assert_int_equal(hidden.suggestion_count, nonsense.suggestion_count);
	assert_int_equal(hidden.meant.len, 0);
	assert_finds(x, "demain", 0); /* scheduled */
}

static void
LK4_public_connection_cannot_read_the_whole_index(void **state)
{
	static const char *const names[] = {"article_search_full", "article_search_full_data",
	    "article_search_full_content", "article_search_full_idx", "article_search_full_docsize"};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char sql[100];
		int64_t n;

		(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", names[i]);
		assert_int_equal(db_int(x->s->open, &n, sql, ""), ERR_DENIED);
	}
}

static void
LK4_whole_text_is_searched_where_the_decision_opens_it(void **state)
{
	struct fixture *x = *state;
	struct search_answer answer;
	struct facts facts;

	assert_int_equal(facts_read(x->s->open, &x->s->arena, 1, NOW, &facts), ERR_NONE);
	answer = ask(x, "canaritruc", &facts);
	/* 2 asks for another plan, 4 is scheduled */
	assert_int_equal(answer.count, 1);
	assert_int_equal(answer.results[0].card.id, 3);
	assert_true(
	    str_find(answer.results[0].excerpt, STR("\001canaritruc\002")) < answer.results[0].excerpt.len);
	answer = ask(x, "mairie", &facts);
	assert_int_equal(answer.count, 1);
	assert_int_equal(answer.results[0].card.id, 2);
}

static void
index_follows_what_changes(void **state)
{
	struct fixture *x = *state;

	site_script(x->s, "UPDATE article SET title_shown = 'Le phare', rendered_hash = 'e' WHERE id = 3");
	assert_finds(x, "pain", 0); /* changed since: not shown before it is indexed again */
	settle(x->s);
	assert_finds(x, "cantine", 0);
	assert_finds(x, "phares", 3);
	site_script(x->s, "UPDATE article SET withdrawn_at = 1770000000 WHERE id = 3");
	assert_finds(x, "phare", 0);
	settle(x->s);
	assert_finds(x, "phare", 0);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_search WHERE rowid = -3"), 0);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM search_word WHERE folded = 'phare'"), 0);
	site_script(x->s, "DELETE FROM article WHERE id = 2");
	settle(x->s);
	assert_finds(x, "noel", 0);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM search_entry WHERE article_id = 2"), 0);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_search_full WHERE rowid = -2"), 0);
	site_script(x->s, "UPDATE article SET published_at = 1770000000 WHERE id = 4");
	settle(x->s);
	assert_finds(x, "demain", 4);
	assert_int_equal(db_exec(x->s->writer, NULL,
	                     "INSERT INTO article_search(article_search, rank) VALUES "
	                     "('integrity-check', 1)",
	                     ""),
	    ERR_NONE);
}

static void
scheduled_article_is_indexed_when_due(void **state)
{
	struct fixture *x = *state;
	bool waits;

	assert_int_equal(indexing_waits(x->s->open, 1900000000, &waits, &x->s->f), ERR_NONE);
	assert_true(waits);
	assert_int_equal(indexing_step(x->s->writer, 1900000000, &waits, &x->s->f), ERR_NONE);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_search WHERE rowid = -4"), 1);
}

static void
index_is_made_anew_for_another_version(void **state)
{
	struct fixture *x = *state;

	site_script(x->s, "UPDATE search_state SET version = '0'");
	settle(x->s);
	assert_finds(x, "journaux", 1);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM search_entry WHERE due = 0"), 3);
	assert_int_equal(site_int(x->s, "SELECT max(uses) FROM search_word"), 1);
}

/* Each kind of work on its own: an index that is written to and asked in turns takes many times as long. */
static void
first_index_has_all_texts_before_anything_is_related(void **state)
{
	struct fixture *x = *state;
	bool more = true;
	int steps = 0;

	site_script(x->s,
	    "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 300) "
	    "INSERT INTO article (slug, section_id, access, title, title_shown, teaser_text, published_at, "
	    "rendered_at, rendered_hash) SELECT 'n-' || value, 1, 'public', 'x', 'Le journal ' || value, "
	    "'Un mot', 1600000000 + value, 1, 'h' FROM n;"
	    "INSERT INTO article_body (article_id, markdown, html, stale) SELECT id, 'x', '<p>Un mot.</p>', "
	    "0 "
	    "FROM article WHERE slug LIKE 'n-%'; DELETE FROM search_state; DELETE FROM article_related;");
	do {
		assert_int_equal(indexing_step(x->s->writer, NOW, &more, &x->s->f), ERR_NONE);
		steps++;
	} while (site_int(x->s, "SELECT sweeping FROM search_state") == 1);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_search"), 303);
	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_related"), 0);
	assert_true(steps < 300 / 16); /* a step goes on while there is time */
	settle(x->s);
	assert_int_equal(site_int(x->s, "SELECT sweeping FROM search_state"), 0);
	assert_int_equal(site_int(x->s, "SELECT count(DISTINCT article_id) FROM article_related"), 301);
}

/* Newer articles by the hundred mention the word; the old one is about it. */
static void
a_title_is_found_however_old_it_is(void **state)
{
	struct fixture *x = *state;
	struct search_answer answer;

	site_script(x->s,
	    "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 300) "
	    "INSERT INTO article (slug, section_id, access, title, title_shown, teaser_text, published_at, "
	    "rendered_at, rendered_hash) SELECT 'n-' || value, 1, 'public', 'x', 'Numéro ' || value, "
	    "'Un mot du journal', 1710000000 + value, 1, 'h' FROM n;"
	    "INSERT INTO article_body (article_id, markdown, html, stale) SELECT id, 'x', '<p>Un mot.</p>', "
	    "0 "
	    "FROM article WHERE slug LIKE 'n-%';");
	settle(x->s);
	answer = ask(x, "journal", NULL);
	assert_int_equal(answer.count, SEARCH_PAGE);
	assert_int_equal(answer.results[0].card.id, 1);
	site_script(x->s, "UPDATE article SET title_shown = 'Autre chose', rendered_hash = 'k' WHERE id = 1");
	settle(x->s);
	answer = ask(x, "journal", NULL);
	assert_int_not_equal(answer.results[0].card.id, 1);
}

static void
suggestions_are_words_of_titles(void **state)
{
	struct fixture *x = *state;
	struct search_answer answer = ask(x, "cantinne", NULL);

	assert_str(answer.meant, "cantine");
	answer = ask(x, "bat", NULL);
	assert_int_equal(answer.suggestion_count, 1);
	assert_str(answer.suggestions[0], "bateaux");
}

static void
related_are_made_at_publish_and_for_neighbours(void **state)
{
	struct fixture *x = *state;
	struct cards cards;

	assert_int_equal(site_int(x->s, "SELECT count(*) FROM article_related"), 0);
	site_script(x->s, "INSERT INTO tag (id, slug, name) VALUES (1, 'ia', 'IA');"
	                  "INSERT INTO article_tag (article_id, tag_id) VALUES (1, 1), (3, 1)");
	settle(x->s);
	assert_int_equal(site_int(x->s, "SELECT related_id FROM article_related WHERE article_id = 1"), 3);
	assert_int_equal(site_int(x->s, "SELECT related_id FROM article_related WHERE article_id = 3"), 1);
	site_script(x->s,
	    "UPDATE article SET title_shown = 'Un bateau pour la cantine', rendered_hash = 'f' WHERE id = 1");
	settle(x->s);
	assert_int_equal(site_int(x->s, "SELECT related_id FROM article_related WHERE article_id = 1 AND "
	                                "position = 1"),
	    3);
	assert_int_equal(site_int(x->s, "SELECT related_id FROM article_related WHERE article_id = 1 AND "
	                                "position = 2"),
	    2);
	assert_int_equal(related_store_cards(x->s->open, &x->s->arena, 1, NOW, 3, &cards), ERR_NONE);
	assert_int_equal(cards.count, 2);
	assert_int_equal(cards.at[0].id, 3);
}

/* Whatever is typed, it is words or nothing. */
static void
DB1_10000_random_queries_are_no_fault(void **state)
{
	static const char *const parts[] = {"\"", "AND", "OR", "NOT", "NEAR(", "(", ")", "*", "^",
	    "title:", ":", "-", "+", "{", "}", "'", " ", "journal", "é", "\xcc\x81", "œ", "\xff", "\xe2\x82",
	    "été*", ",", "0", "\\", "%", "🚲", "’", "\t"};
	struct fixture *x = *state;
	uint32_t seed = 7;

	for (int i = 0; i < 10000; i++) {
		char text[400] = "";
		struct search_answer answer;
		struct search_question q = {.now = NOW, .page = 1};

		for (int k = 0; k < 12; k++) {
			seed = seed * 1664525 + 1013904223;
			(void)strcat(text, parts[(seed >> 16) % (sizeof parts / sizeof *parts)]);
		}
		q.text = str_of(text);
		arena_reset(&x->s->arena);
		if (search_ask(x->pw, &x->doors, &x->s->arena, &q, &answer) != ERR_NONE)
			fail_msg("%s", text);
	}
}

static void
DB1_words_are_quoted(void **state)
{
	struct search_words words;
	struct buf out = BUF_EMPTY;

	(void)state;
	search_words_split(STR("l’école \"NEAR(a, b)\" d’été de la ÉCOLE -x"), &words);
	assert_true(search_words_match(&out, &words, false));
	assert_str(buf_str(&out), "\"école\" AND \"NEAR\" AND \"b\" AND \"été\" AND \"x\"");
	buf_clear(&out);
	search_words_mark(&out, STR("<b> \001a&b\002 \002\001"));
	assert_str(buf_str(&out), "&lt;b&gt; <mark>a&amp;b</mark> <mark></mark>");
	buf_free(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(french_words_meet),
	    CASE(LK4_hidden_words_find_nothing_for_the_public),
	    CASE(LK4_public_connection_cannot_read_the_whole_index),
	    CASE(LK4_whole_text_is_searched_where_the_decision_opens_it),
	    CASE(index_follows_what_changes),
	    CASE(scheduled_article_is_indexed_when_due),
	    CASE(index_is_made_anew_for_another_version),
	    CASE(first_index_has_all_texts_before_anything_is_related),
	    CASE(a_title_is_found_however_old_it_is),
	    CASE(suggestions_are_words_of_titles),
	    CASE(related_are_made_at_publish_and_for_neighbours),
	    CASE(DB1_10000_random_queries_are_no_fault),
	    cmocka_unit_test(DB1_words_are_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
