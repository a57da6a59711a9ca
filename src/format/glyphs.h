/* glyphs.h: the rules of fine typography over a run of code points; typography.c feeds and reads them. */
#ifndef FORMAT_GLYPHS_H
#define FORMAT_GLYPHS_H

#include "base/str.h"

#define GLYPH_NBSP 0x00a0u   /* no-break space */
#define GLYPH_NNBSP 0x202fu  /* narrow no-break space */
#define GLYPH_OBJECT 0xfffcu /* stands for what is not text, such as inline code; reads like a letter */

struct glyph {
	uint32_t code;
	uint32_t part : 31; /* which piece of the source it came from; never falls along a run */
	uint32_t fixed : 1; /* is copied, whatever the rules say */
};

struct glyphs {
	struct glyph *at;
	size_t n, cap;
	bool failed; /* out of memory */
};

void glyphs_put(struct glyphs *g, uint32_t code, uint32_t part, bool fixed);
void glyphs_put_utf8(struct glyphs *g, struct str text, uint32_t part); /* text is valid UTF-8 */
void glyphs_clear(struct glyphs *g);
void glyphs_free(struct glyphs *g);

/* Writes in to out by the rules of the language ("fr…"; any other has those common to all). Applying them to
 * their own output changes nothing. */
void glyphs_set(const char *language, const struct glyphs *in, struct glyphs *out);

#endif
