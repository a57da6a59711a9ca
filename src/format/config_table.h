/* config_table.h: the settings, as the program reads them and by row of their table. */
#ifndef FORMAT_CONFIG_TABLE_H
#define FORMAT_CONFIG_TABLE_H

#include "base/arena.h"
#include "base/err.h"
#include "format/settings.h"

#define CONFIG_MOST_SETTINGS 128
#define CONFIG_NO_ROW SIZE_MAX

struct config_row {
	const char *section, *key, *fallback;
};

bool config_table_row(size_t i, struct config_row *out); /* rows 0 …; false behind the last */
bool config_table_section(struct str name);
size_t config_table_find(struct str section, struct str key);
size_t config_table_find_variable(struct str name); /* POTERNE_SECTION_KEY */

/* Reads value into the member of row i. ERR_INVALID: "[section] key: what, what would be right". */
enum err config_table_set(struct config *cfg, struct arena *a, size_t i, struct str value, struct fault *f);

/* ERR_INVALID, with a guess at what was meant. */
enum err config_table_no_section(struct str name, struct fault *f);
enum err config_table_no_key(struct str section, struct str key, struct fault *f);
enum err config_table_no_variable(struct str name, struct fault *f);

#endif
