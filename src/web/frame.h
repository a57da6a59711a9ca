/* frame.h: the data that is the same on every page, made once for each change of it. */
#ifndef WEB_FRAME_H
#define WEB_FRAME_H

#include <jansson.h>

#include "web/site.h"

/* A page's data to begin with: what the setup gives, navigation, footer, feeds of the home page, and what most pages
 * leave empty. The caller's to add to and to json_decref; its members are shared: replace them, never change them.
 * NULL: out of memory. */
json_t *frame_copy(struct context *cx);

#endif
