/* template_parse.h: compiles one Mustache source to a flat array of operations. */
#ifndef FORMAT_TEMPLATE_PARSE_H
#define FORMAT_TEMPLATE_PARSE_H

#include "base/buf.h"
#include "base/err.h"

enum template_kind {
	OP_TEXT,    /* copy text */
	OP_INDENT,  /* a line begins here with something other than text */
	OP_VALUE,   /* text is a path; written escaped */
	OP_RAW,     /* the same, as it is */
	OP_SECTION, /* text is a path; the body goes up to next */
	OP_INVERTED,
	OP_CALL,     /* text is the name of a template; OP_ARGUMENTs go up to next */
	OP_ARGUMENT, /* number is the block it fills; its content goes up to next */
	OP_BLOCK     /* number is its name; the default content goes up to next */
};

#define TEMPLATE_NOWHERE UINT32_MAX

struct template_op {
	uint8_t kind;
	bool own_line; /* TEXT: it begins a line. CALL, BLOCK: what it brings in stands on lines of its own */
	uint16_t parts; /* of a path: parts keys, NUL-terminated, one behind the other; 0: the current item */
	uint32_t text, len;          /* in code->pool */
	uint32_t indent, indent_len; /* CALL, BLOCK with own_line: put before each of those lines */
	uint32_t number;             /* CALL: index of the template, set when the set is linked */
	uint32_t next, line;
};

struct template_code {
	struct template_op *ops;
	size_t n, cap;
	struct buf pool;
	const char *name, *label; /* its own name; what messages call it. Not owned */
};

/* Gives each block name a number that is the same in all templates of the set; TEMPLATE_NOWHERE: no memory. */
struct template_namer {
	uint32_t (*number)(void *user, struct str name);
	void *user;
	bool raw_anywhere;
};

/* On error out is empty and the sentence begins with "label:line". */
enum err template_parse(struct template_code *out, struct str source, const char *label,
    const struct template_namer *namer, struct fault *f);
void template_code_free(struct template_code *code);

#endif
