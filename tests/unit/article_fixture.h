/* article_fixture.h: an article with everything a draft can have. */
#ifndef TESTS_ARTICLE_FIXTURE_H
#define TESTS_ARTICLE_FIXTURE_H

#include "store/article_store.h"
#include "store_help.h"

static const struct article_name authors[] = {
    {.slug = {"elsa", 4}, .name = {"Elsa AOUSTET", 12}},
    {.slug = {"la-redaction", 12}, .name = {"La rédaction", 13}, .collective = true},
};
static const struct article_name tags[] = {
    {.slug = {"ia", 2}, .name = {"IA", 2}},
    {.slug = {"senat", 5}, .name = {"Sénat", 6}},
};
static const struct str both_plans[] = {{"integral", 8}, {"essentiel", 9}};

static inline struct article_draft
full_draft(const char *slug)
{
	struct article_draft d = site_draft(slug, NOW - DAY);

	d.label = STR("Reportage");
	d.plans = both_plans;
	d.plan_count = 2;
	d.authors = authors;
	d.author_count = 2;
	d.tags = tags;
	d.tag_count = 2;
	d.image = STR("senat.webp");
	d.image_alt = STR("La salle");
	d.image_credit = STR("Photo N. N.");
	d.made.image_width = 1200;
	d.made.image_height = 800;
	d.made.outline = STR("Suite\nFin");
	return d;
}

static inline enum err
rights_of(struct site *s, const char *section, const char *slug, struct article_rights *out)
{
	return article_store_rights(s->open, &s->arena, str_of(section), str_of(slug), out);
}

#endif
