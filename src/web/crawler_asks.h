/* crawler_asks.h: addresses that call themselves a search engine's, for the worker to look up. A hint, never a right. */
#ifndef WEB_CRAWLER_ASKS_H
#define WEB_CRAWLER_ASKS_H

#include "format/cidr.h"
#include "web/request.h"

struct crawler_asks; /* shared by threads */

struct crawler_asks *crawler_asks_new(void); /* NULL: no memory */
void crawler_asks_free(struct crawler_asks *asks);

/* Notes the address when the request says that it is a robot's; forgets it when too many wait. NULL is fine. */
void crawler_asks_note(struct crawler_asks *asks, const struct request *req);

/* Takes one out; false: none waits. */
bool crawler_asks_next(struct crawler_asks *asks, char out[CIDR_TEXT]);

#endif
