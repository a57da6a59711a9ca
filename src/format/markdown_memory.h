/* markdown_memory.h: where libcmark's memory comes from. By itself libcmark ends the program when there is none. */
#ifndef FORMAT_MARKDOWN_MEMORY_H
#define FORMAT_MARKDOWN_MEMORY_H

#include <stddef.h>

#include "base/err.h"

struct cmark_mem;
struct markdown_memory;

/* At most so many bytes for one document; what libcmark gives back comes back only with the whole. NULL: no memory. */
struct markdown_memory *markdown_memory_new(size_t most);
void markdown_memory_free(struct markdown_memory *m); /* NULL is fine */

/* Runs work, whose calls of libcmark take from m; may be nested. ERR_MEMORY also when m had nothing left: then work was
 * left by a long jump, so it holds nothing but memory of m while libcmark runs, or there was spare memory enough. */
enum err markdown_memory_run(struct markdown_memory *m, enum err (*work)(void *arg), void *arg);

/* Makes sure of as much again as was taken so far, and a little more: enough for any change of the document that was
 * made in m, and for reading it. */
enum err markdown_memory_spare(struct markdown_memory *m);

/* For cmark_node_new_with_mem: the memory that the running work takes from; libcmark's own outside of any. */
struct cmark_mem *markdown_memory_here(void);

#endif
