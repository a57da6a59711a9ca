/* check.h: is what the database holds whole: pages, references, the text of every article. */
#ifndef STORE_CHECK_H
#define STORE_CHECK_H

#include "store/db.h"

struct check_finding {
	const char *part;    /* "file", "references", "article" */
	struct str subject;  /* what it is about; may be empty */
	struct str sentence; /* both until the function returns */
	bool problem;        /* false: worth knowing, and nothing is wrong */
};

struct check_report {
	void (*found)(void *arg, const struct check_finding *finding);
	void (*progress)(void *arg, size_t done, size_t total); /* articles; may be NULL */
	void *arg;
	size_t problems; /* counted here */
};

/* Looks at everything with a DB_ENTITLED connection, in short reads. What is broken is a finding, not an error. */
enum err check_database(struct db *db, struct check_report *report, struct fault *f);

/* Whether the search indexes hold what their tables say; the one check that needs a DB_WRITER. Adds to problems. */
enum err check_search(struct db *db, struct check_report *report, struct fault *f);

#endif
