/* grants.h: the tables and columns that the public connection may read; all else is refused. */
#ifndef STORE_GRANTS_H
#define STORE_GRANTS_H

#include <stdbool.h>

/* column "" asks for the table as such, as count(*) does. Names compare without case, as in SQL. */
bool grants_public_read(const char *table, const char *column);

#endif
