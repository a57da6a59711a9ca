/* frontmatter.h: the YAML head of an article's file, and where its text begins. */
#ifndef FORMAT_FRONTMATTER_H
#define FORMAT_FRONTMATTER_H

#include "base/arena.h"
#include "base/err.h"

#define FRONTMATTER_LIST_MAX 20

struct frontmatter_name {
	struct str name;
	bool collective; /* said to be one; false says nothing */
	unsigned line;
};

/* All keys of the contract. Text that is not given is empty, times are 0; lists hold what was given, in order. */
struct frontmatter {
	struct str title, slug, section, label, access, standfirst, image, image_alt, image_credit, teaser;
	struct str outline; /* yes, no or empty */
	int64_t published_at, updated_at;
	struct frontmatter_name authors[FRONTMATTER_LIST_MAX], tags[FRONTMATTER_LIST_MAX],
	    plans[FRONTMATTER_LIST_MAX];
	size_t author_count, tag_count, plan_count;
	unsigned section_line, slug_line, image_line; /* for refusals by those who look further */
	struct str body;                              /* with LF line ends */
	unsigned body_line;
};

/* Reads a whole file; label is its name for messages. ERR_INVALID or ERR_TOO_LARGE with "LABEL:LINE: what is wrong and
 * what would be right". Times without an offset are in clock_zone's zone. Strings live in the arena. */
enum err frontmatter_read(
    struct arena *a, struct str source, const char *label, struct frontmatter *out, struct fault *f);

#endif
