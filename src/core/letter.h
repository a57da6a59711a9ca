/* letter.h: a mail's template and data made into subject, text and HTML. */
#ifndef CORE_LETTER_H
#define CORE_LETTER_H

#include "format/template.h"

struct letter {
	struct buf subject, text, html;
};

/* Renders t/NAME_subject, NAME_text and NAME with common's members, data's over them, and subject. data may be NULL. The
 * letter is emptied first; letter_free at the end. Errors as template_render. */
enum err letter_render(const struct template_set *set, const json_t *common, const char *name,
    const json_t *data, struct letter *out, struct fault *f);
void letter_free(struct letter *l); /* a zeroed one is fine */

#endif
