/* cli_json.c: texts, times, lists and tables of the verbs. */
#include "app/cli_json.h"

#include "base/clock.h"

json_t *
cli_json_str(struct str s)
{
	return json_stringn(s.len == 0 ? "" : s.at, s.len);
}

json_t *
cli_json_time(int64_t at)
{
	char text[CLOCK_TEXT];

	if (at == 0)
		return json_null();
	clock_rfc3339_local(at, text);
	return json_string(text);
}

json_t *
cli_json_list(struct str list)
{
	json_t *array = json_array();
	struct str part;

	while (list.len > 0 && str_split(&list, ',', &part))
		if (json_array_append_new(array, cli_json_str(str_trim(part))) != 0)
			break;
	return array;
}

int
cli_json_print(struct cli *cli, enum err e, const struct fault *f, json_t *rows,
    const struct cli_column *columns, size_t n)
{
	if (e == ERR_NONE && rows != NULL)
		return cli_print(cli, rows, columns, n);
	json_decref(rows);
	return cli_fail(e == ERR_NONE ? ERR_MEMORY : e, f);
}
