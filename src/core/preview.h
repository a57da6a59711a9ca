/* preview.h: links that let one article be looked at before readers see it. Nothing is stored: the token says all. */
#ifndef CORE_PREVIEW_H
#define CORE_PREVIEW_H

#include "core/keyring.h"

#define PREVIEW_TOKEN 512 /* room for a token and its NUL */

/* False when the site's URL is too long for a token. */
bool preview_make(const struct keyring *ring, struct str site_url, int64_t article_id, int64_t expires_at,
    char out[PREVIEW_TOKEN]);

/* ERR_NOT_FOUND: not a link of ours, or over; no more is said. */
enum err preview_read(
    const struct keyring *ring, struct str site_url, struct str token, int64_t now, int64_t *article_id);

#endif
