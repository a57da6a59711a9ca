/* personal.h: all that is kept about one reader, as JSON and as CSV (CO11). */
#ifndef CORE_PERSONAL_H
#define CORE_PERSONAL_H

#include <jansson.h>

#include "base/buf.h"
#include "store/person_store.h"

/* An object of tables, each an array of rows; times as RFC 3339. *out is the caller's to json_decref. Not DB_PUBLIC. */
enum err personal_json(struct db *db, const struct person *who, json_t **out);

/* table,row,column,value: one line a value, as every spreadsheet reads it; no cell is a formula (AD7). */
enum err personal_csv(struct db *db, const struct person *who, struct buf *out);

#endif
