/* Any bytes as a configuration file: loaded, or refused with a sentence. */
#include <stdlib.h>

#include "format/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena arena;
	struct config config;
	struct fault f = {""};
	enum err e;

	arena_init(&arena, 1 << 20);
	e = config_read(&config, &arena, (struct str){(const char *)bytes, n}, "fuzz", NULL, 0, &f);
	if (e != ERR_NONE && f.text[0] == '\0')
		abort();
	arena_free(&arena);
	return 0;
}
