/* letter.c: three renderings of one mail. */
#include "core/letter.h"

#include <stdio.h>

#include "format/plain.h"

void
letter_free(struct letter *l)
{
	buf_free(&l->subject);
	buf_free(&l->text);
	buf_free(&l->html);
}

/* Text parts are templates too, which escape for HTML: what a mail shows must not be escaped. */
static enum err
render_plain(
    const struct template_set *set, const char *name, const json_t *data, struct buf *out, struct fault *f)
{
	struct buf escaped = BUF_EMPTY;
	enum err e = template_render(set, name, data, &escaped, f);

	if (e == ERR_NONE)
		plain_unescape(out, buf_str(&escaped));
	if (e == ERR_NONE && (out->failed || escaped.failed))
		e = fault_set(f, ERR_MEMORY, "no memory for a mail");
	buf_free(&escaped);
	return e;
}

enum err
letter_render(const struct template_set *set, const json_t *common, const char *name, const json_t *data,
    struct letter *out, struct fault *f)
{
	json_t *all = json_object();
	char part[100];
	enum err e = ERR_NONE;

	buf_clear(&out->subject);
	buf_clear(&out->text);
	buf_clear(&out->html);
	if (all == NULL || json_object_update(all, (json_t *)(uintptr_t)common) != 0 ||
	    (data != NULL && json_object_update(all, (json_t *)(uintptr_t)data) != 0))
		e = fault_set(f, ERR_MEMORY, "no memory for a mail");
	if (e == ERR_NONE) {
		(void)snprintf(part, sizeof part, "t/%s_subject", name);
		e = render_plain(set, part, all, &out->subject, f);
	}
	if (e == ERR_NONE &&
	    json_object_set_new(all, "subject",
	        json_stringn(out->subject.len > 0 ? out->subject.data : "", out->subject.len)) != 0)
		e = fault_set(f, ERR_INVALID, "%s: the subject is not text", name);
	if (e == ERR_NONE) {
		(void)snprintf(part, sizeof part, "%s_text", name);
		e = render_plain(set, part, all, &out->text, f);
	}
	if (e == ERR_NONE)
		e = template_render(set, name, all, &out->html, f);
	json_decref(all);
	return e;
}
