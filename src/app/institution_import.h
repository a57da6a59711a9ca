/* institution_import.h: seats or networks of institutions from a CSV file: the whole file or nothing, undone as one. */
#ifndef APP_INSTITUTION_IMPORT_H
#define APP_INSTITUTION_IMPORT_H

#include <stdio.h>

#include "format/cidr.h"
#include "store/db.h"

struct institution_import {
	bool networks; /* else seats */
	bool dry;      /* everything is tried and undone */
	struct cidr_limits limits;
	const char *label; /* for messages: the file's name */
	FILE *report;      /* each refused row as "LABEL:LINE: why" */
	/* what was done */
	int64_t batch, added, unchanged, refused;
};

/* Columns, named in the first line: institution (slug, SIRET or number) and email; or institution, network and, if wanted,
 * label. ERR_INVALID: a row was refused, nothing is stored. */
enum err institution_import_csv(
    struct db *db, struct str text, struct institution_import *in, struct fault *f);

#endif
