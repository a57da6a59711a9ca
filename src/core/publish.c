/* publish.c: the way from Markdown to rows. */
#include "core/publish.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/token.h"
#include "core/gallery.h"
#include "core/outline.h"
#include "format/escape.h"
#include "format/image.h"
#include "format/slug.h"
#include "format/teaser.h"
#include "format/typography.h"

#define RENDERER "3" /* grows when the same source gives other pages */
#define STALE_BATCH 16
#define ARENA_BYTES ((size_t)64 << 20)
#define IS_MENDABLE(e) ((e) == ERR_INVALID || (e) == ERR_TOO_LARGE)

/* Moves what b holds into the arena and empties b. */
static enum err
keep(struct arena *a, struct buf *b, struct str *out)
{
	*out = b->failed ? (struct str){NULL, 0} : arena_copy(a, buf_str(b));
	buf_clear(b);
	return out->at == NULL ? ERR_MEMORY : ERR_NONE;
}

static enum err
set_text(struct arena *a, struct buf *b, struct str language, struct str text, struct str *out)
{
	char name[8];

	(void)snprintf(name, sizeof name, STR_FMT, STR_ARG(str_slice(language, 0, 7)));
	typography_apply(name, text, b);
	return keep(a, b, out);
}

static enum err
render_head(struct arena *a, struct buf *b, const struct article_source *src, struct article_rendering *out)
{
	enum err e;

	if ((e = set_text(a, b, src->language, src->title, &out->title_shown)) != ERR_NONE ||
	    (e = set_text(a, b, src->language, src->standfirst, &out->standfirst_text)) != ERR_NONE)
		return e;
	escape_text(b, out->standfirst_text);
	return keep(a, b, &out->standfirst_html);
}

/* The lead image, and all that cards need of it. */
static enum err
measure_lead(struct arena *a, struct buf *b, const struct article_source *src,
    const struct markdown_media *media, struct article_rendering *out)
{
	struct picture p = {.width = 0};

	if (src->image.len > 0 && media != NULL && media->look != NULL &&
	    media->look(media->ctx, src->image, &p)) {
		out->image_width = p.width;
		out->image_height = p.height;
		picture_put(b, &p);
	}
	return keep(a, b, &out->image_versions);
}

static enum err
render_body(struct arena *a, struct buf *b, const struct article_source *src, struct teaser_limit limit,
    const struct markdown_media *media, struct article_rendering *out, struct fault *f)
{
	struct cmark_node *doc = NULL;
	struct teaser t = {0};
	char language[8], hash[TOKEN_HASH + 1];
	enum err e;

	(void)snprintf(language, sizeof language, STR_FMT, STR_ARG(str_slice(src->language, 0, 7)));
	if ((e = markdown_read(src->markdown, language, &doc, f)) != ERR_NONE)
		return e;
	if ((e = markdown_html(doc, media, b)) == ERR_TOO_LARGE)
		(void)fault_set(f, e, "line 1: the text grows beyond all measure when it is rendered");
	if (e == ERR_NONE && (e = keep(a, b, &out->html)) == ERR_NONE &&
	    (e = teaser_cut(doc, limit, str_eq(src->access, STR("public")), &t)) == ERR_NONE &&
	    (e = markdown_html(doc, media, b)) == ERR_NONE &&
	    (e = keep(a, b, &out->teaser_html)) == ERR_NONE) {
		teaser_text(doc, b);
		e = keep(a, b, &out->teaser_text);
	}
	markdown_free(doc);
	if (e != ERR_NONE)
		return e;
	token_hash(out->html, hash);
	out->html_hash = arena_copy(a, str_of(hash));
	out->words = (int64_t)t.words;
	out->words_shown = (int64_t)t.shown;
	out->percent_left = t.percent_left;
	return out->html_hash.at == NULL ? ERR_MEMORY : ERR_NONE;
}

/* Headings of the hidden part are paid for as the rest is, unless the publication gives them away. */
static enum err
render_outline(struct arena *a, struct buf *b, const struct article_source *src, const struct config *cfg,
    struct article_rendering *out)
{
	bool hides = !str_eq(src->access, STR("public"));

	if (hides &&
	    (str_eq(src->outline_wish, STR("yes")) || (src->outline_wish.len == 0 && cfg->outline == 1)))
		outline_of(b, out->html, out->teaser_html);
	return keep(a, b, &out->outline);
}

/* Everything that the rendering depends on, each part with its length before it. */
static enum err
source_hash(struct arena *a, struct buf *b, const struct article_source *src, struct teaser_limit limit,
    struct article_rendering *out)
{
	const struct str parts[] = {STR(RENDERER), src->title, src->standfirst, src->access, src->language,
	    src->image, out->image_versions, out->outline, src->markdown};
	char hash[TOKEN_HASH + 1];

	buf_printf(b, "%d %u ", (int)limit.unit, limit.amount);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_printf(b, "%zu ", parts[i].len);
		buf_put(b, parts[i]);
	}
	if (b->failed)
		return ERR_MEMORY;
	token_hash(buf_str(b), hash);
	buf_clear(b);
	buf_puts(b, hash);
	return keep(a, b, &out->hash);
}

/* Makes pages, teaser and facts of the article's title, standfirst, access, language, teaser_limit, outline_wish, image
 * and markdown (the other members of src are not looked at). cfg: for an article that says nothing. The result lives in
 * the arena. ERR_INVALID and ERR_TOO_LARGE, with "line N: …", are the writer's to mend. */
static enum err
render(struct arena *a, const struct article_source *src, const struct config *cfg,
    const struct markdown_media *media, struct article_rendering *out, struct fault *f)
{
	struct teaser_limit limit = {TEASER_PERCENT, 20};
	struct buf b = BUF_EMPTY;
	enum err e;

	*out = (struct article_rendering){.outline = STR_NONE};
	if (!teaser_limit_parse(src->teaser_limit, &limit) &&
	    !teaser_limit_parse(str_of(cfg->teaser), &limit))
		limit = (struct teaser_limit){TEASER_PERCENT, 20};
	if ((e = measure_lead(a, &b, src, media, out)) == ERR_NONE &&
	    (e = render_head(a, &b, src, out)) == ERR_NONE &&
	    (e = render_body(a, &b, src, limit, media, out, f)) == ERR_NONE &&
	    (e = render_outline(a, &b, src, cfg, out)) == ERR_NONE &&
	    (e = gallery_of(a, out->html, out->teaser_html, &out->media, &out->media_count)) == ERR_NONE)
		e = source_hash(a, &b, src, limit, out);
	buf_free(&b);
	return e == ERR_MEMORY ? fault_set(f, e, "no memory to render the article") : e;
}

/* "line 3: …" of the text becomes "LABEL:LINE: …" of the file. */
static enum err
relocate(struct fault *f, enum err e, const char *label, unsigned body_line)
{
	char rest[sizeof f->text];
	unsigned line = 1;
	int at = 0;

	if (f == NULL)
		return e;
	if (sscanf(f->text, "line %u: %n", &line, &at) < 1 || at == 0)
		return fault_context(f, e, "%s", label);
	memcpy(rest, f->text + at, sizeof rest - (size_t)at);
	return fault_set(f, e, "%s:%u: %s", label, body_line + line - 1, rest);
}

/* Names of authors or tags, set, with the slugs of their pages. */
static enum err
draft_names(struct arena *a, struct buf *b, struct str language, const struct frontmatter_name *in, size_t n,
    const struct article_name **out)
{
	struct article_name *names = arena_zero(a, n + 1, sizeof *names);
	char slug[SLUG_MAX + 1];
	enum err e = names == NULL ? ERR_MEMORY : ERR_NONE;

	*out = names;
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		names[i].collective = in[i].collective;
		(void)slug_make(in[i].name, slug);
		buf_puts(b, slug);
		if ((e = keep(a, b, &names[i].slug)) == ERR_NONE)
			e = set_text(a, b, language, in[i].name, &names[i].name);
	}
	return e;
}

static enum err
draft_plans(struct arena *a, const struct frontmatter *fm, struct article_draft *out)
{
	struct str *plans = arena_zero(a, fm->plan_count + 1, sizeof *plans);

	for (size_t i = 0; plans != NULL && i < fm->plan_count; i++)
		plans[i] = fm->plans[i].name;
	out->plans = plans;
	out->plan_count = fm->plan_count;
	return plans == NULL ? ERR_MEMORY : ERR_NONE;
}

/* What is shown as it is typed is set here, once. */
static enum err
draft_texts(struct arena *a, const struct frontmatter *fm, struct article_draft *out)
{
	struct buf b = BUF_EMPTY;
	enum err e;

	if ((e = set_text(a, &b, out->language, fm->label, &out->label)) == ERR_NONE &&
	    (e = set_text(a, &b, out->language, fm->image_alt, &out->image_alt)) == ERR_NONE &&
	    (e = set_text(a, &b, out->language, fm->image_credit, &out->image_credit)) == ERR_NONE &&
	    (e = draft_names(a, &b, out->language, fm->authors, fm->author_count, &out->authors)) == ERR_NONE)
		e = draft_names(a, &b, out->language, fm->tags, fm->tag_count, &out->tags);
	buf_free(&b);
	return e;
}

enum err
publish_draft(struct arena *a, const struct config *cfg, const struct frontmatter *fm, const char *label,
    const struct markdown_media *media, struct article_draft *out, struct fault *f)
{
	struct article_source src = {.title = fm->title,
	    .standfirst = fm->standfirst,
	    .access = fm->access,
	    .language = str_of(cfg->site_language),
	    .teaser_limit = fm->teaser,
	    .outline_wish = fm->outline,
	    .image = fm->image,
	    .markdown = fm->body};
	enum err e;

	*out = (struct article_draft){.slug = fm->slug,
	    .section = fm->section,
	    .title = fm->title,
	    .standfirst = fm->standfirst,
	    .access = fm->access,
	    .language = src.language,
	    .teaser_limit = fm->teaser,
	    .outline_wish = fm->outline,
	    .markdown = fm->body,
	    .image = fm->image,
	    .published_at = fm->published_at,
	    .updated_at = fm->updated_at,
	    .author_count = fm->author_count,
	    .tag_count = fm->tag_count};
	if ((e = draft_plans(a, fm, out)) != ERR_NONE || (e = draft_texts(a, fm, out)) != ERR_NONE)
		return fault_set(f, e, "%s: no memory", label);
	if ((e = render(a, &src, cfg, media, &out->made, f)) != ERR_NONE)
		return relocate(f, e, label, fm->body_line);
	return ERR_NONE;
}

void
publish_media_versions(const struct publish_media *media, struct str name, struct picture *p)
{
	struct buf path = BUF_EMPTY;

	picture_plan(p, name, str_of(media->widths));
	for (int kind = 0; kind < PICTURE_KINDS; kind++) {
		size_t n = 0;

		for (size_t i = 0; i < p->made[kind].n; i++) {
			uint32_t width = p->made[kind].widths[i];

			buf_clear(&path);
			buf_printf(&path, "%s/", media->folder);
			picture_name(&path, name, (enum picture_kind)kind, width);
			buf_putc(&path, '\0');
			if (!path.failed && file_exists(path.data))
				p->made[kind].widths[n++] = width;
		}
		p->made[kind].n = n;
	}
	buf_free(&path);
}

bool
publish_media_look(void *ctx, struct str name, struct picture *out)
{
	const struct publish_media *media = ctx;
	struct arena scratch;
	struct image image = {IMAGE_PNG, 0, 0};
	struct str path, bytes;
	bool found;

	arena_init(&scratch, IMAGE_MAX + 4096);
	*out = (struct picture){.width = 0};
	path = arena_printf(&scratch, "%s/" STR_FMT, media->folder, STR_ARG(name));
	found = path.at != NULL && file_read(&scratch, path.at, IMAGE_MAX, &bytes, NULL) == ERR_NONE &&
	        image_read(bytes, &image, NULL) == ERR_NONE && image.width > 0;
	arena_free(&scratch);
	out->width = image.width;
	out->height = image.height;
	if (found)
		publish_media_versions(media, name, out);
	return found;
}

/* *done: it waits no more by our doing. When somebody changed or rendered it meanwhile (ERR_CONFLICT), it is left: if
 * it waits still, that change brings it up again. */
static enum err
render_one(struct db *db, const struct config *cfg, struct arena *a, int64_t id, bool *done, struct fault *f)
{
	struct publish_media folder = {cfg->media, cfg->image_widths};
	const struct markdown_media media = {publish_media_look, &folder};
	struct article_source src;
	struct article_rendering made;
	struct fault why = {""};
	enum err e;

	if ((e = article_write_source(db, a, id, &src)) != ERR_NONE)
		return e == ERR_NOT_FOUND ? ERR_NONE : fault_set(f, e, "%s", db_message(db));
	if (!src.waits)
		return ERR_NONE;
	e = render(a, &src, cfg, &media, &made, &why);
	if (e == ERR_NONE) {
		e = article_write_rendering(db, id, src.edition, &made, clock_now(), f);
	} else if (IS_MENDABLE(e)) {
		LOG_WARNING("not_rendered", LOG_TEXT("article", src.slug), LOG_CSTR("reason", why.text));
		e = article_write_refusal(db, id, src.edition, str_of(why.text));
		if (e != ERR_NONE && e != ERR_CONFLICT)
			(void)fault_set(f, e, "%s", db_message(db));
	} else {
		(void)fault_set(f, e, "%s", why.text);
	}
	*done = *done || e == ERR_NONE;
	return e == ERR_CONFLICT ? ERR_NONE : e;
}

enum err
publish_stale(struct db *db, const struct config *cfg, struct fault *f)
{
	int64_t ids[STALE_BATCH];
	struct arena a;
	size_t n = 1;
	bool done = true;
	enum err e = ERR_NONE;

	arena_init(&a, ARENA_BYTES);
	while (e == ERR_NONE && n > 0 && done) { /* nothing done: others are at it */
		done = false;
		if ((e = article_write_stale(db, ids, STALE_BATCH, &n)) != ERR_NONE)
			(void)fault_set(f, e, "%s", db_message(db));
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			arena_reset(&a);
			e = render_one(db, cfg, &a, ids[i], &done, f);
		}
	}
	arena_free(&a);
	return e;
}
