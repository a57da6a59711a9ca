/* template.h: Mustache (spec 1.4 with inheritance, no lambdas), compiled once, rendered from jansson data. */
#ifndef FORMAT_TEMPLATE_H
#define FORMAT_TEMPLATE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/* Templates that refer to each other by name. Filled by one thread: new, add…, link. After link it never
 * changes, and any number of threads may render from it at once. */
struct template_set;

struct template_options {
	bool raw_anywhere; /* conformance: raw output of any name; a missing partial renders as nothing */
	bool strict;       /* tests: a {{name}} that the data does not have fails the render */
	size_t largest;    /* bytes that one render may write; 0: 16 MiB */
};

enum err template_set_new(struct template_set **out, struct template_options options);
void template_set_free(struct template_set *set); /* NULL is fine */

/* Compiles source (copied) under a name of letters, digits and "_-./"; adding a name again replaces it.
 * {{{x}}} and
 * {{&x}} only for names that end in _html. label stands in messages: ERR_INVALID with "LABEL:LINE: what, what
 * would be right". */
enum err template_add(
    struct template_set *set, const char *name, struct str source, const char *label, struct fault *f);

/* Resolves partials and parents; a name that was never added is ERR_INVALID with the place that asks for it.
 */
enum err template_link(struct template_set *set, struct fault *f);

/* Appends to out. Data is only read: no reference counts move. ERR_NOT_FOUND: no such template;
 * ERR_TOO_LARGE: more than options.largest or nested too deeply; ERR_INVALID: strict, with the missing name.
 * On error out is unusable. */
enum err template_render(
    const struct template_set *set, const char *name, const json_t *data, struct buf *out, struct fault *f);

#endif
