/* http.c: header values of any shape; what is accepted holds no line end, and some coding is always left. */
#include <stdlib.h>

#include "format/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = {(const char *)data, size}, v;
	unsigned codings = http_codings(in);

	if (codings == 0 || codings >= 1u << CODING_COUNT)
		abort();
	if (http_value_ok(in) && (str_has(in, '\n') || str_has(in, '\r') || str_has(in, '\0')))
		abort();
	if (http_token_ok(in) && !http_value_ok(in))
		abort();
	if (http_media_param(in, STR("b"), &v) && v.len > size)
		abort();
	(void)http_etag_match(in, STR("\"a\""));
	(void)http_media_is(in, STR("text/html"));
	(void)http_method(in);
	return 0;
}
