/* heading.c: sections, authors and tags under one shape. */
#include "web/heading.h"

#include "store/changes.h"
#include "store/section_store.h"
#include "web/view.h"

static enum err
find_section(struct db *db, struct arena *a, struct str slug, struct heading *out)
{
	struct section section;
	enum err e = section_store_by_slug(db, a, slug, &section);

	if (e == ERR_NONE)
		*out = (struct heading){section.id, section.name, section.description, false};
	return e;
}

static enum err
find_author(struct db *db, struct arena *a, struct str slug, struct heading *out)
{
	struct author author;
	enum err e = section_store_author(db, a, slug, &author);

	if (e == ERR_NONE)
		*out = (struct heading){author.id, author.name, author.bio, author.collective};
	return e;
}

static enum err
find_tag(struct db *db, struct arena *a, struct str slug, struct heading *out)
{
	struct tag tag;
	enum err e = section_store_tag(db, a, slug, &tag);

	if (e == ERR_NONE)
		*out = (struct heading){tag.id, tag.name, STR_NONE, false};
	return e;
}

const struct heading_kind heading_section = {
    "section", "section", find_section, list_store_in_section, CHANGE_SECTION, VIEW_LIST_SECTION};
const struct heading_kind heading_author = {
    "author", "author", find_author, list_store_by_author, CHANGE_AUTHOR, VIEW_LIST_AUTHOR};
const struct heading_kind heading_tag = {
    "tag", "tag", find_tag, list_store_by_tag, CHANGE_TAG, VIEW_LIST_TAG};
