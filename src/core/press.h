/* press.h: prints one issue for many readers: a rendering for each set of rights, the reader's own link put in. */
#ifndef CORE_PRESS_H
#define CORE_PRESS_H

#include "core/issue.h"
#include "core/lasting.h"
#include "core/letter.h"
#include "store/issue_store.h"

struct press; /* belongs to one thread */

struct press_sheet {
	struct str subject, text, html;  /* until the next call */
	struct str list_id, unsubscribe; /* "lettre.example.org" */
};

/* Opens a DB_PUBLIC and a DB_ENTITLED connection of its own. What is given must outlive it. */
enum err press_open(struct press **out, const struct config *config, const struct template_set *templates,
    const json_t *common, const struct lasting *lasting, struct fault *f);
void press_close(struct press *p); /* NULL is fine */

/* The issue for one reader, by the rights that the address has now. ERR_DENIED: the list is for subscribers and this
 * reader is none. ERR_NOT_FOUND: no such issue. */
enum err press_print(struct press *p, int64_t issue_id, int64_t subscription_id, struct str email,
    int64_t now, struct press_sheet *out, struct fault *f);

#endif
