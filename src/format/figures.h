/* figures.h: images and pull quotes of a document made into figures. */
#ifndef FORMAT_FIGURES_H
#define FORMAT_FIGURES_H

#include "base/err.h"
#include "base/str.h"

struct cmark_node;

/* What a custom block stands for. */
enum block_mark { MARK_NONE, MARK_MORE, MARK_FIGURE, MARK_PULLQUOTE };

enum block_mark figures_mark(struct cmark_node *node);
void figures_set_mark(struct cmark_node *node, enum block_mark mark);

/* The part of an image's address below /media/: "plan.webp", "images/plan.webp", also written /media/plan.webp or
 * ./plan.webp. False for any other address: no host, no scheme, no "..". */
bool figures_media_name(struct str url, struct str *name);

/* A paragraph that is only an image becomes <figure>, the image's title its caption; what follows " — " or begins
 * with "Crédit" there is the credit. A block quote whose last line begins with "— " becomes a pull quote: the name, and
 * the office after its first comma or on the next line. Images from elsewhere are dropped. */
enum err figures_make(struct cmark_node *doc);

#endif
