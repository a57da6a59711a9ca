/* escape.h: one function per context that text is put into, named for the context. */
#ifndef FORMAT_ESCAPE_H
#define FORMAT_ESCAPE_H

#include "base/buf.h"

void escape_text(struct buf *out, struct str s); /* HTML between tags: & < > " ' */
void escape_attr(struct buf *out, struct str s); /* HTML inside "…" or '…': as text, and TAB LF CR as &#N; */
void escape_xml(
    struct buf *out, struct str s); /* XML 1.0 text and attributes; what XML cannot hold is U+FFFD */
void escape_url_path(
    struct buf *out, struct str s); /* RFC 3986 path: keeps unreserved and "/", the rest %XX */
void escape_url_query(struct buf *out, struct str s); /* one name or value after "?": keeps unreserved only */

/* JSON text to stand inside <script>: < > & U+2028 U+2029 become \uXXXX, which JSON reads as the same. */
void escape_json_script(struct buf *out, struct str json);

#endif
