/* Lists: newest first, nothing that is not out yet or any more, related by tags first. */
#include "store_help.h"

#include "store/list_store.h"
#include "store/related_store.h"
#include "store/section_store.h"

static void
put_tagged(
    struct site *s, const char *slug, int64_t at, const char *section, const char *const *names, size_t n)
{
	static const struct article_name elsa = {.slug = {"elsa", 4}, .name = {"Elsa", 4}};
	struct article_name tags[8];
	struct article_draft d = site_draft(slug, at);

	for (size_t i = 0; i < n; i++)
		tags[i] = (struct article_name){.slug = str_of(names[i]), .name = str_of(names[i])};
	d.section = str_of(section);
	d.authors = &elsa;
	d.author_count = 1;
	d.tags = tags;
	d.tag_count = n;
	site_put(s, &d);
}

static void
put_plain(struct site *s, const char *slug, int64_t at)
{
	put_tagged(s, slug, at, "innovation", (const char *const[]){"eau"}, 1);
}

/* "a b c": the slugs in order. */
static void
assert_cards(const struct cards *cards, const char *want)
{
	char got[400] = "";
	size_t n = 0;

	for (size_t i = 0; i < cards->count && n < sizeof got; i++)
		n += (size_t)snprintf(
		    got + n, sizeof got - n, "%s" STR_FMT, i == 0 ? "" : " ", STR_ARG(cards->at[i].slug));
	assert_string_equal(got, want);
}

static struct cards
latest(struct site *s, int64_t now, int64_t limit)
{
	struct list_range range = {.now = now, .limit = limit};
	struct cards cards;

	assert_int_equal(list_store_latest(s->open, &s->arena, range, &cards), ERR_NONE);
	return cards;
}

static void
card_has_what_is_shown(void **state)
{
	struct site *s = *state;
	struct cards cards;

	put_plain(s, "un", NOW - 10);
	cards = latest(s, NOW, 10);
	assert_int_equal(cards.count, 1);
	assert_false(cards.more);
	assert_str(cards.at[0].section, "innovation");
	assert_str(cards.at[0].section_name, "Innovation");
	assert_str(cards.at[0].title, "un");
	assert_str(cards.at[0].access, "subscriber");
	assert_str(cards.at[0].excerpt, "Chapô");
	assert_str(cards.at[0].bylines, "Elsa");
	assert_int_equal(cards.at[0].published_at, NOW - 10);
	site_script(s, "UPDATE article SET standfirst_text = ''");
	cards = latest(s, NOW, 10);
	assert_str(cards.at[0].excerpt, "Libre");
}

static void
LK8_drafts_scheduled_withdrawn_and_unrendered_are_in_no_list(void **state)
{
	static const char *const hidden[] = {
	    "UPDATE article SET published_at = NULL",
	    "UPDATE article SET published_at = 1780000001",
	    "UPDATE article SET withdrawn_at = 5",
	    "DELETE FROM article_body",
	    "UPDATE article_body SET html = NULL, stale = 1",
	};
	struct list_range range = {.now = NOW, .limit = 10};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		void *one = NULL;
		struct site *s;
		struct cards cards;

		site_open(&one);
		s = one;
		put_plain(s, "un", NOW);
		put_plain(s, "deux", NOW - 1);
		assert_cards((cards = latest(s, NOW, 10), &cards), "un deux");
		site_script(s, hidden[i]);
		assert_cards((cards = latest(s, NOW, 10), &cards), "");
		assert_int_equal(list_store_in_section(s->open, &s->arena, 1, range, &cards), ERR_NONE);
		assert_int_equal(cards.count, 0);
		assert_int_equal(list_store_by_author(s->open, &s->arena, 1, range, &cards), ERR_NONE);
		assert_int_equal(cards.count, 0);
		assert_int_equal(list_store_by_tag(s->open, &s->arena, 1, range, &cards), ERR_NONE);
		assert_int_equal(cards.count, 0);
		assert_int_equal(related_store_cards(s->open, &s->arena, 1, NOW, 4, &cards), ERR_NONE);
		assert_int_equal(cards.count, 0);
		site_close(&one);
	}
	(void)state;
}

static void
scheduled_article_appears_at_its_second(void **state)
{
	struct site *s = *state;
	struct cards cards;
	int64_t at = 0;

	put_plain(s, "tard", NOW + 200);
	put_plain(s, "bientot", NOW + 100);
	assert_int_equal(list_store_next(s->open, NOW, &at), ERR_NONE);
	assert_int_equal(at, NOW + 100);
	assert_cards((cards = latest(s, NOW + 99, 10), &cards), "");
	assert_cards((cards = latest(s, NOW + 100, 10), &cards), "bientot");
	assert_int_equal(list_store_next(s->open, NOW + 100, &at), ERR_NONE);
	assert_int_equal(at, NOW + 200);
	assert_int_equal(list_store_next(s->open, NOW + 200, &at), ERR_NOT_FOUND);
}

/* The next part of range's list, or the one before it. */
static void
step_on(struct list_range *range, const struct cards *cards, bool on)
{
	const struct card *last = &cards->at[cards->count - 1];

	range->before_at = on ? last->published_at : cards->newer_at;
	range->before_id = on ? last->id : cards->newer_id;
}

static void
parts_of_a_list_follow_each_other_both_ways(void **state)
{
	struct site *s = *state;
	struct list_range range = {.now = NOW, .limit = 2};
	struct cards cards;

	put_plain(s, "a", NOW - 3);
	put_plain(s, "b", NOW - 2);
	put_plain(s, "c", NOW - 2);
	put_plain(s, "d", NOW - 1);
	put_plain(s, "e", NOW);
	assert_int_equal(list_store_in_section(s->open, &s->arena, 1, range, &cards), ERR_NONE);
	assert_cards(&cards, "e d");
	assert_true(cards.more);
	assert_int_equal(cards.newer_at, 0);
	step_on(&range, &cards, true);
	assert_int_equal(list_store_in_section(s->open, &s->arena, 1, range, &cards), ERR_NONE);
	assert_cards(&cards, "c b");
	assert_true(cards.more);
	assert_int_equal(cards.newer_at, 0); /* the part before begins the list */
	step_on(&range, &cards, true);
	assert_int_equal(list_store_by_author(s->open, &s->arena, 1, range, &cards), ERR_NONE);
	assert_cards(&cards, "a");
	assert_false(cards.more);
	assert_int_equal(cards.newer_at, NOW - 1);
	step_on(&range, &cards, false);
	assert_int_equal(list_store_by_tag(s->open, &s->arena, 1, range, &cards), ERR_NONE);
	assert_cards(&cards, "c b");
}

static void
part_begins_where_it_began_whatever_is_published_or_withdrawn(void **state)
{
	struct site *s = *state;
	struct list_range range = {.now = NOW, .limit = 2, .before_at = NOW - 2, .before_id = INT64_MAX};
	struct cards cards;

	put_plain(s, "a", NOW - 4);
	put_plain(s, "b", NOW - 3);
	put_plain(s, "c", NOW - 2);
	put_plain(s, "d", NOW - 1);
	range.before_id = site_int(s, "SELECT id FROM article WHERE slug = 'c'");
	assert_int_equal(list_store_since(s->open, &s->arena, NOW - 9, range, &cards), ERR_NONE);
	assert_cards(&cards, "b a");
	put_plain(s, "e", NOW);
	site_script(s, "UPDATE article SET withdrawn_at = 5 WHERE slug = 'c'");
	assert_int_equal(list_store_since(s->open, &s->arena, NOW - 9, range, &cards), ERR_NONE);
	assert_cards(&cards, "b a");
	assert_int_equal(cards.newer_at, 0);
	range.before_at = NOW + DAY; /* no cursor reaches into the future */
	assert_int_equal(list_store_by_tag(s->open, &s->arena, 1, range, &cards), ERR_NONE);
	assert_cards(&cards, "e d");
}

static void
related_by_shared_tags_then_section_then_newest(void **state)
{
	struct site *s = *state;
	struct cards cards;
	int64_t id;

	put_tagged(s, "sujet", NOW, "innovation", (const char *const[]){"eau", "ville"}, 2);
	put_tagged(s, "deux-tags", NOW - 900, "service", (const char *const[]){"eau", "ville"}, 2);
	put_tagged(s, "un-tag", NOW - 500, "service", (const char *const[]){"ville", "bruit"}, 2);
	put_tagged(s, "un-tag-neuf", NOW - 400, "service", (const char *const[]){"eau"}, 1);
	put_tagged(s, "meme-section", NOW - 300, "innovation", NULL, 0);
	put_tagged(s, "ailleurs", NOW - 1, "service", NULL, 0);
	put_tagged(s, "a-venir", NOW + 1, "innovation", (const char *const[]){"eau", "ville"}, 2);
	id = site_int(s, "SELECT id FROM article WHERE slug = 'sujet'");
	assert_int_equal(related_store_cards(s->open, &s->arena, id, NOW, 3, &cards), ERR_NONE);
	assert_cards(&cards, "deux-tags un-tag-neuf un-tag");
	assert_int_equal(related_store_cards(s->open, &s->arena, id, NOW, 6, &cards), ERR_NONE);
	assert_cards(&cards, "deux-tags un-tag-neuf un-tag meme-section ailleurs");
	assert_int_equal(related_store_cards(s->open, &s->arena, 99, NOW, 6, &cards), ERR_NOT_FOUND);
}

static void
sections_authors_and_tags_by_slug(void **state)
{
	struct site *s = *state;
	struct section *sections, section;
	struct author author;
	struct tag tag;
	size_t n;

	put_plain(s, "un", NOW);
	assert_int_equal(section_store_all(s->open, &s->arena, &sections, &n), ERR_NONE);
	assert_int_equal(n, 2);
	assert_str(sections[0].slug, "innovation");
	assert_int_equal(section_store_by_slug(s->open, &s->arena, STR("service"), &section), ERR_NONE);
	assert_str(section.name, "Service");
	assert_int_equal(section_store_by_slug(s->open, &s->arena, STR("Service"), &section), ERR_NOT_FOUND);
	assert_int_equal(section_store_author(s->open, &s->arena, STR("elsa"), &author), ERR_NONE);
	assert_str(author.name, "Elsa");
	assert_false(author.collective);
	assert_int_equal(section_store_tag(s->open, &s->arena, STR("eau"), &tag), ERR_NONE);
	assert_str(tag.name, "eau");
	assert_int_equal(section_store_tag(s->open, &s->arena, STR("feu"), &tag), ERR_NOT_FOUND);
}

/* Every list is a walk along an index, without a sort and without a scan of the table. */
static void
lists_stay_flat_by_their_query_plans(void **state)
{
	static const char *const plans[] = {
	    "EXPLAIN QUERY PLAN SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL"
	    " AND (l.listed_at, l.id) < (5, 5) AND l.listed_at <= 5 ORDER BY l.listed_at DESC, l.id DESC "
	    "LIMIT 5",
	    "EXPLAIN QUERY PLAN SELECT l.id FROM article l WHERE l.listed_at IS NOT NULL AND l.section_id = 1"
	    " AND (l.listed_at, l.id) < (5, 5) AND l.listed_at <= 5 ORDER BY l.listed_at DESC, l.id DESC "
	    "LIMIT 5",
	    "EXPLAIN QUERY PLAN SELECT l.article_id FROM article_author l WHERE l.listed_at IS NOT NULL AND "
	    "l.author_id = 1"
	    " AND (l.listed_at, l.article_id) < (5, 5) AND l.listed_at <= 5"
	    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT 5",
	    "EXPLAIN QUERY PLAN SELECT l.article_id FROM article_tag l WHERE l.listed_at IS NOT NULL AND "
	    "l.tag_id = 1"
	    " AND (l.listed_at, l.article_id) < (5, 5) AND l.listed_at <= 5"
	    " ORDER BY l.listed_at DESC, l.article_id DESC LIMIT 5",
	    "EXPLAIN QUERY PLAN SELECT l.listed_at, l.id FROM article l WHERE l.listed_at IS NOT NULL AND "
	    "l.section_id = 1 AND (l.listed_at, l.id) >= (5, 5) AND l.listed_at <= 5"
	    " ORDER BY l.listed_at, l.id LIMIT 1 OFFSET 5",
	    "EXPLAIN QUERY PLAN SELECT l.listed_at, l.article_id FROM article_tag l WHERE l.listed_at IS NOT "
	    "NULL AND "
	    "l.tag_id = 1 AND (l.listed_at, l.article_id) >= (5, 5) AND l.listed_at <= 5"
	    " ORDER BY l.listed_at, l.article_id LIMIT 1 OFFSET 5",
	    "EXPLAIN QUERY PLAN SELECT listed_at FROM article WHERE listed_at IS NOT NULL AND listed_at > 5"
	    " ORDER BY listed_at LIMIT 1",
	};
	struct site *s = *state;

	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		struct rows *rows = NULL;

		assert_int_equal(db_query(s->writer, plans[i], &rows, ""), ERR_NONE);
		while (rows_next(rows) == ERR_NONE) {
			struct str step = rows_str(rows, 3);

			if (str_find(step, STR(" INDEX ")) == step.len || !str_starts(step, STR("SEARCH")))
				fail_msg("%s\n" STR_FMT, plans[i], STR_ARG(step));
		}
		rows_close(rows);
	}
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, site_open, site_close)
	static const struct CMUnitTest tests[] = {
	    CASE(card_has_what_is_shown),
	    cmocka_unit_test(LK8_drafts_scheduled_withdrawn_and_unrendered_are_in_no_list),
	    CASE(scheduled_article_appears_at_its_second),
	    CASE(parts_of_a_list_follow_each_other_both_ways),
	    CASE(part_begins_where_it_began_whatever_is_published_or_withdrawn),
	    CASE(related_by_shared_tags_then_section_then_newest),
	    CASE(sections_authors_and_tags_by_slug),
	    CASE(lists_stay_flat_by_their_query_plans),
	};

	return cmocka_run_group_tests_name("list_store", tests, NULL, NULL);
}
