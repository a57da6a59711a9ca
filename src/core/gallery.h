/* gallery.h: the images of a rendered article, told apart by whether its teaser shows them. */
#ifndef CORE_GALLERY_H
#define CORE_GALLERY_H

#include "base/arena.h"
#include "base/err.h"
#include "store/media_store.h"

#define GALLERY_MAX 200

/* Names below /media/ that html shows; gated: not in teaser_html. Views of html, the array in the arena. What is beyond
 * GALLERY_MAX is shown by no article, and so to nobody. */
enum err gallery_of(
    struct arena *a, struct str html, struct str teaser_html, const struct media_name **out, size_t *n);

#endif
