/* db_role.h: what a connection may do; the database itself enforces it. */
#ifndef STORE_DB_ROLE_H
#define STORE_DB_ROLE_H

enum db_role {
	DB_PUBLIC,   /* read-only; only what store/grants lists, so neither article_body nor any secret */
	DB_ENTITLED, /* read-only; may read article_body: only core/paywall uses it */
	DB_WRITER,   /* reads and writes; synchronous=FULL */
	DB_ROLE_COUNT
};

#endif
