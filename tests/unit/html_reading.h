/* html_reading.h: HTML read as a strict reader would, with a check of its own that every tag and entity is in order. */
#ifndef TESTS_HTML_READING_H
#define TESTS_HTML_READING_H

#include <string.h>

#include "base/buf.h"

/* What the HTML shows as text: block tags are line ends, inline tags nothing. Fails on a tag or entity amiss. */
static inline bool
html_read(struct str html, struct buf *text, struct buf *links)
{
	static const char *const blocks[] = {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li",
	    "blockquote", "pre", "figure", "figcaption", "hr", "br", NULL};
	static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#x27;", NULL};
	char open[128][16];
	size_t depth = 0;
	bool in_link = false;

	for (size_t i = 0; i < html.len;) {
		struct str rest = str_slice(html, i, html.len), name;
		size_t end, b = 0;

		if (rest.at[0] == '&') {
			while (entities[b] != NULL && !str_starts(rest, str_of(entities[b])))
				b++;
			if (entities[b] == NULL)
				return false;
			buf_putc(text, "&<>\"'"[b]);
			i += strlen(entities[b]);
			continue;
		}
		if (rest.at[0] != '<') {
			buf_putc(text, rest.at[0]);
			if (in_link)
				buf_putc(links, rest.at[0]);
			i++;
			continue;
		}
		end = str_find(rest, STR(">"));
		if (end == rest.len)
			return false;
		name = str_slice(rest, rest.at[1] == '/' ? 2 : 1, end);
		name.len = str_find(name, STR(" "));
		while (blocks[b] != NULL && !str_eq(name, str_of(blocks[b])))
			b++;
		if (blocks[b] != NULL)
			buf_putc(text, '\n');
		if (str_eq(name, STR("a"))) {
			in_link = rest.at[1] != '/';
			if (!in_link)
				buf_putc(links, '|');
		}
		if (rest.at[1] == '/') {
			if (depth == 0 || !str_eq(name, str_of(open[--depth])))
				return false;
		} else if (rest.at[end - 1] != '/') {
			if (depth == 128 || name.len > 15)
				return false;
			memcpy(open[depth], name.at, name.len);
			open[depth++][name.len] = '\0';
		}
		i += end + 1;
	}
	return depth == 0;
}

#endif
