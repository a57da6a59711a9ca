/* import_images.c: images found, judged by content, copied once. */
#include "app/import_images.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/token.h"
#include "core/publish.h"
#include "format/figures.h"
#include "format/image.h"
#include "format/media_names.h"
#include "format/slug.h"

/* Where in the article's file an image is asked for. */
struct place {
	unsigned line;
	bool lead;
};

#define HASH_DIGITS 32 /* 128 bit of the content's hash */

static enum err
refuse(struct import_images *im, unsigned line, struct str name, const char *what)
{
	return fault_set(im->f, ERR_INVALID, "%s:%u: image " STR_FMT ": %s", im->path, line,
	    STR_ARG(str_slice(name, 0, 100)), what);
}

static enum err
no_memory(struct import_images *im)
{
	return fault_set(im->f, ERR_MEMORY, "%s: no memory", im->path);
}

/* "place-de-l-eglise-0f3a….webp" */
static struct str
media_name(struct import_images *im, struct str name, struct str bytes, enum image_kind kind)
{
	char slug[SLUG_MAX + 1], hash[TOKEN_HASH + 1];

	for (size_t i = name.len; i > 0; i--)
		if (name.at[i - 1] == '/') {
			name = str_slice(name, i, name.len);
			break;
		}
	name.len = str_find(name, STR("."));
	if (slug_make(name, slug) == 0)
		memcpy(slug, "image", sizeof "image");
	token_hash(bytes, hash);
	return arena_printf(im->arena, "%s-%.*s.%s", slug, HASH_DIGITS, hash, image_extension(kind));
}

static enum err
copy(struct import_images *im, struct str name, struct str bytes)
{
	struct str to = arena_printf(im->arena, "%s/" STR_FMT, im->config->media, STR_ARG(name));
	enum err e;

	if (to.at == NULL)
		return no_memory(im);
	if (mkdir(im->config->media, 0755) != 0 && errno != EEXIST)
		return fault_set(im->f, ERR_DENIED, "%s: the media folder cannot be made: %s",
		    im->config->media, strerror(errno));
	e = file_write(to.at, bytes, 0644, false, im->f);
	return e == ERR_CONFLICT ? ERR_NONE : e;
}

/* Notes the image's size, and the versions that it has or gets. */
static void
note(struct import_images *im, struct str name, bool lead, const struct image *image)
{
	struct picture *p;

	if (im->n >= IMPORT_IMAGES_MAX)
		return;
	p = &im->known[im->n].picture;
	im->known[im->n++].name = name;
	*p = (struct picture){.width = image->width, .height = image->height};
	if (!im->dry_run)
		(void)versions_make(im->versions, im->path, name, image->kind, lead, p);
}

/* Reads, judges and copies the image at the path; *out is its name in the media folder. */
static enum err
take_file(struct import_images *im, struct str path, struct place at, struct str name, struct str *out)
{
	struct arena scratch;
	struct image image;
	struct fault why = {""};
	struct str bytes;
	enum err e;

	arena_init(&scratch, IMAGE_MAX + 65536);
	e = file_read(&scratch, path.at, IMAGE_MAX, &bytes, &why);
	if (e == ERR_NONE)
		e = image_read(bytes, &image, &why);
	if (e != ERR_NONE) {
		e = e == ERR_MEMORY ? no_memory(im) : refuse(im, at.line, name, why.text);
		goto out;
	}
	*out = media_name(im, name, bytes, image.kind);
	e = out->at == NULL ? no_memory(im) : im->dry_run ? ERR_NONE : copy(im, *out, bytes);
	if (e == ERR_NONE)
		note(im, *out, at.lead, &image);
out:
	arena_free(&scratch);
	return e;
}

/* One that lies in the media folder already, brought there by whoever may write to it. */
static void
look_at(struct import_images *im, struct str path, struct str name, bool lead)
{
	struct arena scratch;
	struct image image;
	struct str bytes;

	arena_init(&scratch, IMAGE_MAX + 65536);
	if (file_read(&scratch, path.at, IMAGE_MAX, &bytes, NULL) == ERR_NONE &&
	    image_read(bytes, &image, NULL) == ERR_NONE)
		note(im, name, lead, &image);
	arena_free(&scratch);
}

/* *out is the name in the media folder, whether the image was there before or is brought there now. */
static enum err
take(struct import_images *im, struct str address, struct place at, struct str *out)
{
	const char *slash = strrchr(im->path, '/');
	struct str folder = slash == NULL ? STR(".") : (struct str){im->path, (size_t)(slash - im->path)},
	           name, path;

	if (!figures_media_name(address, &name))
		return refuse(im, at.line, address,
		    "only images beside the file or in the media folder can be shown, under names "
		    "of letters a-z, digits and . _ - /");
	path = arena_printf(im->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
	if (path.at == NULL)
		return no_memory(im);
	if (!str_starts(address, STR("/")) && file_exists(path.at))
		return take_file(im, path, at, name, out);
	path = arena_printf(im->arena, "%s/" STR_FMT, im->config->media, STR_ARG(name));
	if (path.at == NULL)
		return no_memory(im);
	if (!file_exists(path.at))
		return refuse(im, at.line, address, "lies neither beside the file nor in the media folder");
	*out = name;
	look_at(im, path, name, at.lead);
	return ERR_NONE;
}

static enum err
rename_image(void *ctx, struct str from, unsigned line, struct buf *to)
{
	struct import_images *im = ctx;
	struct str name;
	enum err e = take(im, from, (struct place){im->body_line + line - 1, false}, &name);

	if (e == ERR_NONE)
		buf_put(to, name);
	return e;
}

enum err
import_images_take(struct import_images *im, struct frontmatter *fm)
{
	const struct media_names names = {rename_image, im};
	struct buf body = BUF_EMPTY;
	enum err e = ERR_NONE;

	im->n = 0;
	im->body_line = fm->body_line;
	if (fm->image.len > 0)
		e = take(im, fm->image, (struct place){fm->image_line, true}, &fm->image);
	if (e == ERR_NONE && (e = media_names_replace(fm->body, &names, &body)) == ERR_MEMORY)
		e = no_memory(im);
	if (e == ERR_NONE) {
		fm->body = arena_copy(im->arena, buf_str(&body));
		e = fm->body.at == NULL ? no_memory(im) : ERR_NONE;
	}
	buf_free(&body);
	return e;
}

bool
import_images_look(void *ctx, struct str name, struct picture *out)
{
	struct import_images *im = ctx;
	struct publish_media media = {im->config->media, im->config->image_widths};

	for (size_t i = 0; i < im->n; i++)
		if (str_eq(im->known[i].name, name)) {
			*out = im->known[i].picture;
			return out->width > 0;
		}
	return publish_media_look(&media, name, out);
}
