/* Any bytes as an article's file: read whole, or refused with a sentence that names the file. */
#include <stdlib.h>
#include <string.h>

#include "format/frontmatter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct frontmatter fm;
	struct fault f = {""};
	enum err e;

	arena_init(&arena, 4 << 20);
	e = frontmatter_read(&arena, (struct str){(const char *)data, size}, "fuzz.md", &fm, &f);
	if (e != ERR_NONE && strncmp(f.text, "fuzz.md:", 8) != 0)
		abort();
	if (e == ERR_NONE && (fm.title.len == 0 || fm.slug.len == 0 || fm.section.len == 0))
		abort();
	arena_free(&arena);
	return 0;
}
