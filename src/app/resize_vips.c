/* resize_vips.c: libvips, opened when it is needed: the daemon never loads its sixty libraries, and building takes none
 * of their headers. Every function here is of the stable interface of libvips.so.42. */
#include "app/resize_vips.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/late_library.h"
#include "app/sandbox.h"
#include "base/arena.h"
#include "format/image.h"
#include "format/picture.h"

#define SIZE_DOWN 2       /* VipsSize: never larger than it is */
#define COMPRESSION_AV1 4 /* VipsForeignHeifCompression */
#define TALLEST 1000000

struct vips_image;

struct vips {
	int (*init)(const char *argv0);
	void (*cache_set_max)(int max);
	void (*block)(const char *name, int state);
	struct vips_image *(*open)(const void *bytes, size_t n, const char *options, ...);
	int (*pages)(struct vips_image *image);
	int (*has_alpha)(struct vips_image *image);
	unsigned long (*type_of)(const struct vips_image *image, const char *field);
	int (*thumbnail)(const void *bytes, size_t n, struct vips_image **out, int width, ...);
	int (*flatten)(struct vips_image *in, struct vips_image **out, ...);
	int (*save[PICTURE_KINDS])(struct vips_image *in, void **bytes, size_t *n, ...);
	const char *(*error)(void);
	void (*error_clear)(void);
};

static bool
load(struct vips *v)
{
	void *library = late_library_open("libvips.so.42");

	return library != NULL && late_library_find(library, "vips_init", &v->init) &&
	       late_library_find(library, "vips_cache_set_max", &v->cache_set_max) &&
	       late_library_find(library, "vips_operation_block_set", &v->block) &&
	       late_library_find(library, "vips_image_new_from_buffer", &v->open) &&
	       late_library_find(library, "vips_image_get_n_pages", &v->pages) &&
	       late_library_find(library, "vips_image_hasalpha", &v->has_alpha) &&
	       late_library_find(library, "vips_image_get_typeof", &v->type_of) &&
	       late_library_find(library, "vips_thumbnail_buffer", &v->thumbnail) &&
	       late_library_find(library, "vips_flatten", &v->flatten) &&
	       late_library_find(library, "vips_heifsave_buffer", &v->save[PICTURE_AVIF]) &&
	       late_library_find(library, "vips_webpsave_buffer", &v->save[PICTURE_WEBP]) &&
	       late_library_find(library, "vips_jpegsave_buffer", &v->save[PICTURE_JPEG]) &&
	       late_library_find(library, "vips_error_buffer", &v->error) &&
	       late_library_find(library, "vips_error_clear", &v->error_clear);
}

/* Of its many readers the one that the image needs. */
static bool
allow_reader(const struct vips *v, struct str kind)
{
	static const struct {
		struct str kind;
		const char *reader;
	} readers[] = {{STR_LITERAL("png"), "VipsForeignLoadPng"},
	    {STR_LITERAL("jpg"), "VipsForeignLoadJpeg"}, {STR_LITERAL("webp"), "VipsForeignLoadWebp"},
	    {STR_LITERAL("avif"), "VipsForeignLoadHeif"}};

	v->block("VipsForeignLoad", 1);
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
		if (str_eq(kind, readers[i].kind)) {
			v->block(readers[i].reader, 0);
			return true;
		}
	return false;
}

static enum resize_end
refuse(const struct vips *v, const char *what)
{
	struct str why = str_trim(str_of(v->error()));

	why.len = str_find(why, STR("\n"));
	printf("%s: " STR_FMT, what, STR_ARG(str_slice(why, 0, 200)));
	v->error_clear();
	return RESIZE_REFUSED;
}

/* No camera, place or date goes along. Qualities that look alike; effort that takes a second at most. */
static int
encode(const struct vips *v, enum picture_kind kind, struct vips_image *small, void **bytes, size_t *n)
{
	struct vips_image *opaque = NULL;

	switch (kind) {
	case PICTURE_AVIF:
		return v->save[kind](
		    small, bytes, n, "compression", COMPRESSION_AV1, "Q", 52, "effort", 2, "strip", 1, NULL);
	case PICTURE_WEBP: return v->save[kind](small, bytes, n, "Q", 78, "effort", 4, "strip", 1, NULL);
	default:
		if (v->has_alpha(small)) {
			if (v->flatten(small, &opaque, NULL) != 0)
				return -1;
			small = opaque;
		}
		return v->save[kind](small, bytes, n, "Q", 82, "optimize_coding", 1, "strip", 1, NULL);
	}
}

static bool
put(int file, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(file, bytes, n);

		if (put <= 0)
			return false;
		bytes += put;
		n -= (size_t)put;
	}
	return true;
}

struct original {
	struct str bytes;
	bool profiled; /* its colours are not those of a browser */
};

/* An AV1 encoder is a part of its own that may be missing: then the others do. */
static enum resize_end
make_version(const struct vips *v, const struct original *o, enum picture_kind kind, uint32_t width, int file)
{
	struct vips_image *small = NULL;
	void *bytes = NULL;
	size_t n = 0;

	if (v->thumbnail(o->bytes.at, o->bytes.len, &small, (int)width, "height", TALLEST, "size", SIZE_DOWN,
	        o->profiled ? "export_profile" : NULL, "srgb", NULL) != 0)
		return refuse(v, "it cannot be read");
	if (encode(v, kind, small, &bytes, &n) != 0) {
		enum resize_end end = refuse(v, picture_type(kind));

		return kind == PICTURE_AVIF ? RESIZE_DONE : end;
	}
	return put(file, bytes, n) ? RESIZE_DONE : RESIZE_REFUSED;
}

static enum resize_end
make_all(const struct vips *v, struct str image, const struct picture *p)
{
	enum resize_end end = RESIZE_DONE;
	struct vips_image *whole = v->open(image.at, image.len, "", NULL);
	struct original o = {image, false};
	int file = 3;

	if (whole == NULL)
		return refuse(v, "it cannot be read");
	if (v->pages(whole) > 1) {
		printf("it moves, a smaller version would stand still");
		return RESIZE_REFUSED;
	}
	o.profiled = v->type_of(whole, "icc-profile-data") != 0;
	for (int kind = 0; kind < PICTURE_KINDS; kind++)
		for (size_t i = 0; end == RESIZE_DONE && i < p->made[kind].n; i++)
			end = make_version(v, &o, (enum picture_kind)kind, p->made[kind].widths[i], file++);
	return end;
}

static bool
read_image(struct arena *a, struct str *out)
{
	char *at = arena_alloc(a, IMAGE_MAX + 1);
	size_t n = 0;
	ssize_t got;

	while (at != NULL && n <= IMAGE_MAX && (got = read(0, at + n, IMAGE_MAX + 1 - n)) > 0)
		n += (size_t)got;
	*out = (struct str){at, n};
	return at != NULL && n > 0 && n <= IMAGE_MAX;
}

/* Everything is freed by ending. */
int
resize_vips(int argc, char **argv)
{
	struct vips v = {.init = NULL};
	struct picture p = {.width = 0};
	struct arena a;
	struct str image;
	struct fault f = {""};
	enum resize_end end = RESIZE_REFUSED;

	if (argc != 2)
		return RESIZE_REFUSED;
	arena_init(&a, IMAGE_MAX + 65536);
	picture_read(&p, str_of(argv[1]));
	if (!load(&v) || v.init("poterne") != 0) {
		printf("libvips is not installed");
		end = RESIZE_NO_LIBRARY;
	} else if (read_image(&a, &image) && allow_reader(&v, str_of(argv[0])) &&
	           sandbox_seal(&f) == ERR_NONE) {
		v.cache_set_max(0);
		end = make_all(&v, image, &p);
	}
	(void)fflush(stdout);
	_exit((int)end);
}
