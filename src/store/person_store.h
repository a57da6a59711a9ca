/* person_store.h: all that is kept about one reader, table by table, as the law lets readers ask for it. */
#ifndef STORE_PERSON_STORE_H
#define STORE_PERSON_STORE_H

#include "store/db.h"

/* One column of one row. Columns of a row follow each other, rows of a table too. */
struct person_value {
	const char *table, *column;
	bool first; /* a new row begins */
	bool null, number;
	int64_t n;       /* when number */
	struct str text; /* else; until the next call */
};

typedef enum err person_seen(void *arg, const struct person_value *value);

/* Who is asked about: an account with its address, or an address alone. */
struct person {
	int64_t subscriber_id; /* 0: no account */
	struct str email;
	struct str consents; /* the address as the log of consents has it: newsletter_person */
};

/* Gives every value to seen, which ends the reading by anything but ERR_NONE. Not DB_PUBLIC. */
enum err person_store_read(struct db *db, const struct person *who, person_seen *seen, void *arg);

/* Whether a table's rows are among them: a table keyed to a reader that is missing here fails a test. */
bool person_store_has(const char *table);

#endif
