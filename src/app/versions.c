/* versions.c: what there should be, without what there is, goes to resize_image. */
#include "app/versions.h"

#include <stdio.h>

#include "app/resize.h"
#include "base/buf.h"
#include "core/publish.h"

/* Takes out of wanted what there is. */
static bool
leave_missing(struct picture *wanted, const struct picture *there)
{
	bool any = false;

	for (int kind = 0; kind < PICTURE_KINDS; kind++) {
		size_t n = 0;

		for (size_t i = 0, k = 0; i < wanted->made[kind].n; i++) {
			uint32_t width = wanted->made[kind].widths[i];

			while (k < there->made[kind].n && there->made[kind].widths[k] < width)
				k++;
			if (k == there->made[kind].n || there->made[kind].widths[k] != width)
				wanted->made[kind].widths[n++] = width;
		}
		wanted->made[kind].n = n;
		any = any || n > 0;
	}
	return any;
}

static void
warn(const char *label, struct str name, const char *why)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "poterne: %s: image " STR_FMT ": served without smaller versions: %s\n", label,
	    STR_ARG(name), why);
}

/* A part of libvips that is not there is missing for every image: that is said once. */
static void
judge(struct versions *v, const char *label, struct str name, enum err e, const struct fault *f)
{
	if (e == ERR_NOT_FOUND) {
		v->no_library = true;
		(void)fprintf(stderr,
		    "poterne: %s; images are served as they are (apt-get install libvips42)\n", f->text);
	} else if (e != ERR_NONE) {
		warn(label, name, f->text);
	} else if (f->text[0] != '\0' && !v->no_avif) {
		v->no_avif = true;
		(void)fprintf(stderr, "poterne: AVIF cannot be made here, only WebP: %s\n", f->text);
	}
}

bool
versions_make(struct versions *v, const char *label, struct str name, enum image_kind kind, bool lead,
    struct picture *p)
{
	const struct publish_media media = {v->config->media, v->config->image_widths};
	struct picture wanted = *p;
	struct buf path = BUF_EMPTY;
	struct fault f = {""};

	publish_media_versions(&media, name, p);
	picture_plan(&wanted, name, str_of(media.widths));
	if (!lead)
		wanted.made[PICTURE_JPEG].n = 0;
	if (v->no_avif)
		wanted.made[PICTURE_AVIF].n = 0;
	if (v->no_library || !leave_missing(&wanted, p))
		return false;
	buf_printf(&path, "%s/" STR_FMT, media.folder, STR_ARG(name));
	buf_putc(&path, '\0');
	if (!path.failed)
		judge(v, label, name, resize_image(path.data, kind, &wanted, &f), &f);
	buf_free(&path);
	publish_media_versions(&media, name, p);
	return wanted.made[PICTURE_AVIF].n + wanted.made[PICTURE_WEBP].n + wanted.made[PICTURE_JPEG].n > 0;
}
