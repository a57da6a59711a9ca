/* escape.h: one function per context that text is put into, named for the context. */
#ifndef FORMAT_ESCAPE_H
#define FORMAT_ESCAPE_H

#include "base/buf.h"

void escape_text(struct buf *out, struct str s); /* HTML between tags and inside quotes: & < > " ' */
void escape_xml(
    struct buf *out, struct str s); /* XML 1.0 text and attributes; what XML cannot hold is U+FFFD */
void escape_url_query(struct buf *out, struct str s); /* RFC 3986 2.3: keeps unreserved only, the rest %XX */

/* A JSON string, with its quotes, that may stand inside <script>: < > & U+2028 U+2029 too are \uXXXX. s is UTF-8. */
void escape_json_script(struct buf *out, struct str s);

#endif
