/* css.h: the declarations of a style sheet, with the line and the rules around each. Not a judge of CSS: what browsers
 * would pass over is passed over here too. */
#ifndef FORMAT_CSS_H
#define FORMAT_CSS_H

#include "base/err.h"
#include "base/str.h"

struct css_item {
	struct str name;  /* of the property; "@import" and its like for a rule without a block */
	struct str value; /* trimmed, comments may be in it */
	struct str media; /* the innermost @media around it, as written; empty: none */
	struct str rule;  /* the selector, or "@font-face" */
	unsigned line;
};

/* Stops when each says false. ERR_INVALID: a block, comment or string is not closed; "line N: what". */
enum err css_read(
    struct str css, bool (*each)(void *ctx, const struct css_item *item), void *ctx, struct fault *f);

/* The next url(…) or quoted address of a value; false: there is none. *value moves behind it. */
bool css_url(struct str *value, struct str *url);

/* #rgb, #rrggbb, rgb(r g b) or rgb(r, g, b), black, white. */
struct css_colour {
	double r, g, b; /* 0 to 1 */
};
bool css_colour(struct str value, struct css_colour *out);

/* WCAG 2.2: 1 to 21. */
double css_contrast(struct css_colour a, struct css_colour b);

#endif
