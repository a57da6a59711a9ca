/* cli_json.h: values that rows for cli_print are made of. */
#ifndef APP_CLI_JSON_H
#define APP_CLI_JSON_H

#include "app/cli.h"

json_t *cli_json_str(struct str s);     /* "" for none */
json_t *cli_json_time(int64_t at);      /* RFC 3339, local; null for 0 */
json_t *cli_json_list(struct str list); /* "a, b" as an array */

/* Prints rows when e is ERR_NONE, else the fault; takes over the reference to rows either way. f may be NULL. */
int cli_json_print(struct cli *cli, enum err e, const struct fault *f, json_t *rows,
    const struct cli_column *columns, size_t n);

#endif
