/* grants.c: the public role's grants in one table. */
#include "store/grants.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct grant {
	const char *table;
	const char *columns; /* NULL: all of them; else the only ones, between spaces */
};

/*
 * What is absent is refused: article_body and article_search_full (the paid text), login_link, free text about persons, hashes of
 * secrets. A table with a secret or personal column names the columns that may be read. Add a row here with
 * the table.
 */
static const struct grant public_grants[] = {
    /* what is free to read for anyone */
    {"section", NULL},
    {"article", NULL},
    {"author", NULL},
    {"article_author", NULL},
    {"tag", NULL},
    {"article_tag", NULL},
    {"article_plan", NULL},
    {"slug_history", NULL},
    {"article_media", NULL},
    {"correction", NULL},
    {"plan", NULL},
    {"page", NULL},
    {"newsletter", NULL},
    {"newsletter_issue", " id newsletter_id slug title free_markdown state created_at "},
    {"article_related", NULL},
    /* the index of what is free, with the tables that FTS5 keeps it in */
    {"search_entry", NULL},
    {"search_word", NULL},
    {"search_state", NULL},
    {"sqlite_master", " rowid "}, /* opening such a table compiles a statement that names it */
    {"article_search", NULL},
    {"article_search_data", NULL},
    {"article_search_idx", NULL},
    {"article_search_content", NULL},
    {"article_search_docsize", NULL},
    {"article_search_config", NULL},
    {"article_search_title", NULL},
    {"article_search_title_data", NULL},
    {"article_search_title_idx", NULL},
    {"article_search_title_content", NULL},
    {"article_search_title_docsize", NULL},
    {"article_search_title_config", NULL},
    /* what a reader's rights are made of: no address, no name, no hash */
    {"subscriber", " id generation blocked_at "},
    {"session", " id subscriber_id generation created_at expires_at last_seen_at revoked_at "},
    {"subscription", " id subscriber_id plan_id kind starts_at ends_at grace_s ended_at "},
    {"subscription_pause", " id subscriber_id starts_at ends_at "},
    {"free_read", " subscriber_id month article_id "},
    {"gift", " id article_id expires_at revoked_at "},
    {"institution", " id status "},
    {"institution_contract", " id institution_id plan_id seats networks starts_at ends_at grace_s ended_at "},
    {"crawler_network", " network state expires_at "},
    {"institution_network", " id institution_id network ended_at "},
    {"seat", " id institution_id subscriber_id created_at revoked_at "},
    {"staff", NULL},
    /* sums, about nobody */
    {"counter", NULL},
    /* how caches and versions are kept right */
    {"change_log", NULL},
    {"schema_migration", NULL},
};

static bool
column_listed(const char *columns, const char *column)
{
	size_t n = strlen(column);

	for (const char *at = columns; *at != '\0'; at++)
		if (*at == ' ' && strncasecmp(at + 1, column, n) == 0 && at[1 + n] == ' ')
			return true;
	return false;
}

bool
grants_public_read(const char *table, const char *column)
{
	for (size_t i = 0; i < sizeof public_grants / sizeof *public_grants; i++)
		if (strcasecmp(public_grants[i].table, table) == 0)
			return public_grants[i].columns == NULL || *column == '\0' ||
			       column_listed(public_grants[i].columns, column);
	return false;
}
