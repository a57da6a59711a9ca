/* billing_report.h: figures and doubtful cases of payments, for people. Not DB_PUBLIC. */
#ifndef STORE_BILLING_REPORT_H
#define STORE_BILLING_REPORT_H

#include "store/db.h"

struct billing_figure {
	struct str what;
	int64_t n;
};

/* Messages by state, and what asks for a look. */
enum err billing_report_figures(
    struct db *db, struct arena *a, int64_t now, struct billing_figure **out, size_t *n);

/* A provider's subscription as it stands here. */
struct billing_standing {
	struct str id, customer, status;
	int64_t ended_at;   /* 0: runs */
	int64_t subscriber; /* 0: nobody's */
	int64_t paid_until; /* end of the last period here that was not ended early, 0: none */
};
enum err billing_report_standing(
    struct db *db, struct arena *a, struct str provider, struct str id, struct billing_standing *out);

/* Those that run at the provider, as far as is known here, in the order of their ids, after one. */
enum err billing_report_running(struct db *db, struct arena *a, struct str provider, struct str after,
    size_t limit, struct billing_standing **out, size_t *n);

#endif
