/* view_image.c: a row's text of versions to what a page says of them. */
#include "web/view_image.h"

#include "format/picture.h"

static struct picture
picture_of(const struct view_image *image)
{
	struct picture p = {.width = 0};

	picture_read(&p, image->versions);
	p.width = image->width > 0 ? (uint32_t)image->width : 0;
	p.height = image->height > 0 ? (uint32_t)image->height : 0;
	return p;
}

/* JPEG is not offered: whoever knows neither of the others takes the original. */
static json_t *
sources(const struct view_image *image)
{
	struct picture p = picture_of(image);
	struct buf set = BUF_EMPTY;
	json_t *list = json_array();

	for (int kind = PICTURE_AVIF; list != NULL && kind <= PICTURE_WEBP; kind++) {
		buf_clear(&set);
		picture_srcset(&set, &p, (enum picture_kind)kind, image->name);
		if (set.len > 0 && json_array_append_new(list,
		                       json_pack("{s:s, s:s%}", "type", picture_type((enum picture_kind)kind),
		                           "srcset", set.data, set.len)) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	buf_free(&set);
	return list;
}

bool
view_image(json_t *object, const struct view_image *image)
{
	struct str alt = image->alt, credit = image->credit;
	json_t *o;

	if (image->name.len == 0)
		return json_object_set_new(object, "image", json_null()) == 0;
	o = json_pack("{s:s+%, s:s%, s:o, s:o, s:o, s:o}", "url", "/media/", image->name.at, image->name.len,
	    "alt", alt.len > 0 ? alt.at : "", alt.len, "credit",
	    credit.len > 0 ? json_stringn(credit.at, credit.len) : json_null(), "width",
	    image->width > 0 ? json_integer(image->width) : json_null(), "height",
	    image->height > 0 ? json_integer(image->height) : json_null(), "sources", sources(image));
	return o != NULL && json_object_set_new(object, "image", o) == 0;
}

struct view_share
view_image_share(struct arena *a, const char *site_url, const struct view_image *image)
{
	struct view_share share = {{NULL, 0}, 0, 0};
	struct picture p = picture_of(image);
	struct buf name = BUF_EMPTY;

	if (image->name.len > 0 && picture_share(&name, &p, image->name, &share.width, &share.height) &&
	    !name.failed)
		share.url = arena_printf(a, "%s/media/" STR_FMT, site_url, STR_ARG(buf_str(&name)));
	buf_free(&name);
	return share;
}
