/* template_case.h: a few small templates, some data, and what must come out. */
#ifndef UNIT_TEMPLATE_CASE_H
#define UNIT_TEMPLATE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "format/template.h"

struct file {
	const char *name, *source;
};

#define FILES(...) ((const struct file[]){__VA_ARGS__, {NULL, NULL}})
#define ONLY(source) FILES({"page", source})

static inline struct template_set *
linked(struct template_options options, const struct file *files)
{
	struct template_set *set;
	struct fault f = {""};

	assert_int_equal(template_set_new(&set, options), ERR_NONE);
	for (; files->name != NULL; files++)
		if (template_add(set, files->name, str_of(files->source), files->name, &f) != ERR_NONE)
			fail_msg("%s", f.text);
	if (template_link(set, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	return set;
}

static inline enum err
render(struct template_options options, const struct file *files, const char *json, struct buf *out,
    struct fault *f)
{
	struct template_set *set = linked(options, files);
	json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);
	enum err e;

	assert_non_null(data);
	*f = (struct fault){""};
	e = template_render(set, "page", data, out, f);
	json_decref(data);
	template_set_free(set);
	return e;
}

/* "page" of the files, over the data, comes out as want. */
static inline void
renders(const struct file *files, const char *json, const char *want)
{
	struct buf out = BUF_EMPTY;
	struct fault f;

	if (render((struct template_options){.raw_anywhere = false}, files, json, &out, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	buf_putc(&out, '\0');
	assert_string_equal(out.data, want);
	buf_free(&out);
}

#endif
