/* issue.c: one text, as many renderings as there are rights. */
#include "core/issue.h"

#include <string.h>

#include "format/feed.h"
#include "format/markdown.h"

#define BODY_BYTES ((size_t)8 << 20)

/* "{{article: SLUG}}" alone on its line. */
static bool
article_line(struct str line, struct str *slug)
{
	line = str_trim(line);
	if (!str_starts(line, STR("{{")) || !str_ends(line, STR("}}")) || line.len < 4)
		return false;
	line = str_trim(str_slice(line, 2, line.len - 2));
	if (!str_starts(line, STR("article:")))
		return false;
	*slug = str_trim(str_slice(line, strlen("article:"), line.len));
	return true;
}

static void
add_markdown(struct issue_text *out, struct str markdown)
{
	if (str_trim(markdown).len > 0 && out->piece_count < ISSUE_PIECES)
		out->pieces[out->piece_count++].markdown = markdown;
}

enum err
issue_parse(struct arena *a, struct str markdown, struct issue_text *out, struct fault *f)
{
	struct str whole = arena_copy(a, markdown), rest = whole, line, slug;
	size_t from = 0;
	int number = 0;

	*out = (struct issue_text){.piece_count = 0};
	if (whole.at == NULL)
		return fault_set(f, ERR_MEMORY, "no memory for the issue");
	while (str_split(&rest, '\n', &line)) {
		number++;
		if (!article_line(line, &slug))
			continue;
		if (slug.len == 0)
			return fault_set(f, ERR_INVALID, "line %d: write {{article: SLUG}}", number);
		if (out->article_count == ISSUE_ARTICLES)
			return fault_set(
			    f, ERR_INVALID, "line %d: more than %d articles", number, ISSUE_ARTICLES);
		add_markdown(out, str_slice(whole, from, (size_t)(line.at - whole.at)));
		out->articles[out->article_count].slug = slug;
		out->pieces[out->piece_count].markdown = (struct str){NULL, 0};
		out->pieces[out->piece_count++].article = out->article_count++;
		from = (size_t)(line.at - whole.at) + line.len;
	}
	add_markdown(out, str_slice(whole, from, whole.len));
	return ERR_NONE;
}

static enum err
resolve_one(const struct issue_shop *shop, struct arena *a, struct issue_article *item, int64_t now)
{
	int64_t id;
	enum err e = article_store_id(shop->doors.open, item->slug, &id);

	if (e == ERR_NONE)
		e = article_store_read(shop->doors.open, a, id, &item->article);
	if (e == ERR_NONE)
		e = paywall_article(
		    shop->paywall, &shop->doors, item->article.section, item->article.slug, &item->rights);
	if (e == ERR_NONE && (item->rights->published_at == 0 || item->rights->published_at > now ||
	                         (item->rights->withdrawn_at != 0 && item->rights->withdrawn_at <= now))) {
		memo_release(&item->rights->head);
		item->rights = NULL;
		return ERR_NOT_FOUND;
	}
	return e;
}

enum err
issue_resolve(
    const struct issue_shop *shop, struct arena *a, struct issue_text *text, int64_t now, struct str *missing)
{
	if (missing != NULL)
		*missing = STR_NONE;
	for (size_t i = 0; i < text->article_count; i++) {
		enum err e = resolve_one(shop, a, &text->articles[i], now);

		if (e == ERR_NOT_FOUND && missing != NULL && missing->len == 0)
			*missing = text->articles[i].slug;
		if (e != ERR_NONE && e != ERR_NOT_FOUND)
			return e;
	}
	return ERR_NONE;
}

void
issue_release(struct issue_text *text)
{
	for (size_t i = 0; i < text->article_count; i++)
		if (text->articles[i].rights != NULL) {
			memo_release(&text->articles[i].rights->head);
			text->articles[i].rights = NULL;
		}
}

uint32_t
issue_mask(const struct issue_text *text, const struct facts *facts, int64_t now)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < text->article_count; i++)
		if (text->articles[i].rights != NULL &&
		    paywall_decide(text->articles[i].rights, facts, NULL, now).verdict == VERDICT_FULL)
			mask |= (uint32_t)1 << i;
	return mask;
}

static json_t *
article_data(const struct issue_shop *shop, const struct issue_article *item, bool full, struct str body)
{
	const struct article *art = &item->article;
	json_t *bylines = json_array(),
	       *data = json_pack("{s:s%, s:s%, s:b, s:I, s:b}", "title", art->title.at, art->title.len,
	           "label", art->label.len > 0 ? art->label.at : "", art->label.len, "is_teaser", !full,
	           "percent_left", (json_int_t)art->percent_left, "has_bylines", art->byline_count > 0);
	bool ok = data != NULL && bylines != NULL &&
	          json_object_update_missing(data, (json_t *)(uintptr_t)shop->common) == 0 &&
	          json_object_set_new(data, "url",
	              json_sprintf("%s/" STR_FMT "/" STR_FMT, shop->config->site_url, STR_ARG(art->section),
	                  STR_ARG(art->slug))) == 0 &&
	          json_object_set_new(data, "standfirst_html",
	              json_stringn(art->standfirst_html.at, art->standfirst_html.len)) == 0 &&
	          json_object_set_new(data, "body_html", json_stringn(body.at, body.len)) == 0;

	for (size_t i = 0; ok && i < art->byline_count; i++)
		ok = json_array_append_new(bylines, json_pack("{s:s%, s:b}", "name", art->bylines[i].name.at,
		                                        art->bylines[i].name.len, "first", i == 0)) == 0;
	if (ok)
		ok = json_object_set(data, "bylines", bylines) == 0;
	json_decref(bylines);
	if (ok)
		return data;
	json_decref(data);
	return NULL;
}

/* The full text only with a verdict that says so: paywall_body asks for it too. */
static enum err
put_article(const struct issue_shop *shop, const struct issue_article *item, const struct facts *facts,
    int64_t now, struct buf *out, struct fault *f)
{
	struct decision decision = paywall_decide(item->rights, facts, NULL, now);
	bool full = decision.verdict == VERDICT_FULL;
	struct str body = item->article.teaser_html;
	struct arena a;
	json_t *data;
	enum err e = ERR_NONE;

	arena_init(&a, BODY_BYTES);
	if (full)
		e = paywall_body(&shop->doors, &decision, item->rights, &a, &body);
	data = e == ERR_NONE ? article_data(shop, item, full, body) : NULL;
	if (e == ERR_NONE)
		e = data == NULL ? fault_set(f, ERR_MEMORY, "no memory for an issue")
		                 : template_render(shop->templates, "mail_article", data, out, f);
	else
		(void)fault_set(f, e, "the text of " STR_FMT " could not be read", STR_ARG(item->slug));
	json_decref(data);
	arena_free(&a);
	return e;
}

static enum err
put_markdown(const struct issue_shop *shop, struct str source, struct buf *out, struct fault *f)
{
	struct cmark_node *doc = NULL;
	enum err e = markdown_read(source, shop->config->site_language, &doc, f);

	if (e == ERR_NONE)
		e = markdown_html(doc, NULL, out);
	markdown_free(doc);
	return e;
}

enum err
issue_html(const struct issue_shop *shop, const struct issue_text *text, const struct facts *facts,
    int64_t now, struct buf *out, struct fault *f)
{
	struct buf html = BUF_EMPTY;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < text->piece_count; i++) {
		const struct issue_article *item = &text->articles[text->pieces[i].article];

		if (text->pieces[i].markdown.at != NULL)
			e = put_markdown(shop, text->pieces[i].markdown, &html, f);
		else if (item->rights != NULL)
			e = put_article(shop, item, facts, now, &html, f);
	}
	if (e == ERR_NONE)
		/* mail has no page to be relative to */
		feed_absolute(out, buf_str(&html), str_of(shop->config->site_url));
	if (e == ERR_NONE && (html.failed || out->failed))
		e = fault_set(f, ERR_MEMORY, "no memory for an issue");
	buf_free(&html);
	return e;
}
