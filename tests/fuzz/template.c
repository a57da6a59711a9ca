/* Any bytes as a page with a partial: refused or rendered, within bounds. The first byte says where the page ends. */
#include <jansson.h>

#include "format/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char view[] =
    "{\"a\":{\"b\":\"<&>\",\"c\":[1,2.5,null]},\"l\":[{\"a\":1},{\"l\":[]}],\"t\":true,\"x_html\":\"<i>\"}";

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str all = {(const char *)bytes, n};
	size_t cut = n == 0 ? 0 : 1 + bytes[0] % n;
	struct template_set *set;
	struct buf out = BUF_EMPTY;
	struct fault f = {""};
	json_t *data = json_loads(view, 0, NULL);

	if (template_set_new(&set,
	        (struct template_options){.raw_anywhere = n % 2 == 0, .largest = 1 << 16}) == ERR_NONE &&
	    template_add(set, "a", str_slice(all, 1, cut), "a", &f) == ERR_NONE &&
	    template_add(set, "b", str_slice(all, cut, n), "b", &f) == ERR_NONE &&
	    template_link(set, &f) == ERR_NONE)
		(void)template_render(set, "a", data, &out, &f);
	buf_free(&out);
	json_decref(data);
	template_set_free(set);
	return 0;
}
