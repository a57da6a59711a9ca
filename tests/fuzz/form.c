/* form.c: whatever the body, fields are bounded text. The first line of the input is the Content-Type. */
#include <stdlib.h>

#include "format/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct form *form)
{
	if (form->n > FORM_FIELDS)
		abort();
	for (size_t i = 0; i < form->n; i++)
		if (!str_is_utf8(form->fields[i].name) || !str_is_utf8(form->fields[i].value))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str body = {(const char *)data, size}, type = STR_NONE;
	struct arena arena = {.limit = 1 << 20};
	static struct form form;

	if (form_parse(body, &arena, &form) == ERR_NONE)
		check(&form);
	(void)str_split(&body, '\n', &type);
	if (form_parse_body(type, body, &arena, &form) == ERR_NONE)
		check(&form);
	if (form_parse_multipart(body, STR("B"), &form) == ERR_NONE)
		check(&form);
	arena_free(&arena);
	return 0;
}
