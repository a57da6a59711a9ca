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

/* Reads, judges and copies the image at the path; *out is its name in the media folder. */
static enum err
take_file(struct import_images *im, struct str path, struct str name, unsigned line, struct str *out)
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
		e = e == ERR_MEMORY ? no_memory(im) : refuse(im, line, name, why.text);
		goto out;
	}
	*out = media_name(im, name, bytes, image.kind);
	e = out->at == NULL ? no_memory(im) : im->dry_run ? ERR_NONE : copy(im, *out, bytes);
	if (e == ERR_NONE && im->n < IMPORT_IMAGES_MAX) {
		im->known[im->n].name = *out;
		im->known[im->n].width = image.width;
		im->known[im->n++].height = image.height;
	}
out:
	arena_free(&scratch);
	return e;
}

/* *out is the name in the media folder, whether the image was there before or is brought there now. */
static enum err
take(struct import_images *im, struct str address, unsigned line, struct str *out)
{
	const char *slash = strrchr(im->path, '/');
	struct str folder = slash == NULL ? STR(".") : (struct str){im->path, (size_t)(slash - im->path)},
	           name, path;

	if (!figures_media_name(address, &name))
		return refuse(im, line, address,
		    "only images beside the file or in the media folder can be shown, under names "
		    "of letters a-z, digits and . _ - /");
	path = arena_printf(im->arena, STR_FMT "/" STR_FMT, STR_ARG(folder), STR_ARG(name));
	if (path.at == NULL)
		return no_memory(im);
	if (!str_starts(address, STR("/")) && file_exists(path.at))
		return take_file(im, path, name, line, out);
	path = arena_printf(im->arena, "%s/" STR_FMT, im->config->media, STR_ARG(name));
	if (path.at == NULL)
		return no_memory(im);
	*out = name;
	return file_exists(path.at)
	           ? ERR_NONE
	           : refuse(im, line, address, "lies neither beside the file nor in the media folder");
}

static enum err
rename_image(void *ctx, struct str from, unsigned line, struct buf *to)
{
	struct import_images *im = ctx;
	struct str name;
	enum err e = take(im, from, im->body_line + line - 1, &name);

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
		e = take(im, fm->image, fm->image_line, &fm->image);
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
import_images_size(void *ctx, struct str name, uint32_t *width, uint32_t *height)
{
	struct import_images *im = ctx;
	char *folder;

	for (size_t i = 0; i < im->n; i++)
		if (str_eq(im->known[i].name, name)) {
			*width = im->known[i].width;
			*height = im->known[i].height;
			return *width > 0;
		}
	folder = arena_cstr(im->arena, str_of(im->config->media));
	return folder != NULL && publish_media_size(folder, name, width, height);
}
