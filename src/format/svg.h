/* svg.h: whether a drawing is only a drawing, and its size. */
#ifndef FORMAT_SVG_H
#define FORMAT_SVG_H

#include "base/err.h"
#include "base/str.h"

bool svg_is(struct str bytes); /* begins like one */

/* Refuses (ERR_INVALID, with the reason) scripts, event attributes, animation, foreign content, references to anything
 * but the drawing itself or an embedded raster image, and entities that could spell one. Sizes are 0 when the drawing
 * has none. */
enum err svg_read(struct str bytes, double *width, double *height, struct fault *f);

#endif
