/* template_run.h: carries out the operations of a template over jansson data. */
#ifndef FORMAT_TEMPLATE_RUN_H
#define FORMAT_TEMPLATE_RUN_H

#include <jansson.h>

#include "format/template_parse.h"

struct template_program {
	const struct template_code *codes; /* CALL's number is an index here */
	bool strict;
	size_t largest; /* bytes that one run may append */
};

/* Appends what codes[start] makes of data. Errors as template_render. */
enum err template_run(const struct template_program *program, uint32_t start, const json_t *data,
    struct buf *out, struct fault *f);

#endif
