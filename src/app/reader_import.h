/* reader_import.h: accounts and subscriptions from a CSV file, the whole file or nothing. */
#ifndef APP_READER_IMPORT_H
#define APP_READER_IMPORT_H

#include <stdio.h>

#include "base/err.h"
#include "store/db.h"

struct reader_import {
	int64_t accounts, periods; /* added */
	int64_t unchanged;         /* rows that were there already */
	int64_t refused;           /* rows; with one, nothing is stored */
	int64_t batch;             /* to undo it by; 0: nothing was added */
};

/* Columns, named in the first line: email, and if wanted name, plan, kind, from, until, grace_days, source. Each refused
 * row is told on report as "LABEL:LINE: why". dry: everything is tried and undone. ERR_INVALID: a row was refused. */
enum err reader_import_csv(struct db *db, struct str text, const char *label, bool dry, FILE *report,
    struct reader_import *done, struct fault *f);

/* "2026-12-31": the first second after that day, in the publication's zone; with a time of day: that second. */
bool reader_import_until(struct str text, int64_t *out);

#endif
