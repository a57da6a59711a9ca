/* heading.h: what a section, an author and a tag have in common: a name above a list of cards. */
#ifndef WEB_HEADING_H
#define WEB_HEADING_H

#include "format/http.h"
#include "store/list_store.h"
#include "web/site.h"

struct heading {
	int64_t id;
	struct str name, text; /* text: a section's description, an author's biography */
	bool collective;       /* an author that is no person */
};

/* What the three kinds of list differ in. */
struct heading_kind {
	const char *template, *member; /* the page's template, and the name of its own object in the data */
	enum err (*find)(struct db *db, struct arena *a, struct str slug, struct heading *out);
	enum err (*cards)(
	    struct db *db, struct arena *a, int64_t id, struct list_range range, struct cards *out);
	int32_t change, list; /* tags of a page that shows it */
};

extern const struct heading_kind heading_section, heading_author, heading_tag;

#endif
