/* template_scan.h: finds the tags of a Mustache source, pairs them, and sees which stand alone on their lines. */
#ifndef FORMAT_TEMPLATE_SCAN_H
#define FORMAT_TEMPLATE_SCAN_H

#include "base/err.h"
#include "base/str.h"

enum template_tag_kind {
	TAG_VARIABLE,
	TAG_RAW,
	TAG_SECTION,
	TAG_INVERTED,
	TAG_CLOSE,
	TAG_PARTIAL,
	TAG_PARENT,
	TAG_BLOCK,
	TAG_COMMENT /* set-delimiter tags too: they have done their work */
};

struct template_tag {
	enum template_tag_kind kind;
	uint32_t line;
	struct str name;
	size_t from, to;  /* bytes of the source it takes up */
	size_t line_from; /* where its line begins; only meaningful with left */
	size_t line_end;  /* behind the line end; only meaningful with right */
	bool left, right; /* nothing but blanks before it, behind it, on its line */
	size_t mate;      /* index of the tag that closes it or that it closes */
};

struct template_tags {
	struct template_tag *at;
	size_t n, cap;
};

/* Tags in order; names point into source. On ERR_INVALID the sentence begins with "label:line". */
enum err template_scan(struct template_tags *out, struct str source, const char *label, struct fault *f);
void template_tags_free(struct template_tags *tags);

const char *template_tag_mark(enum template_tag_kind kind); /* "#" for a section, for messages */

/* Letters, digits, "_-./", no part of it empty or beginning with a dot: what may stand behind {{> and {{<. */
bool template_name_ok(struct str name);

#endif
