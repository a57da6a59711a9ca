/* personal.c: two forms of what store/person_store reads. */
#include "core/personal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "format/csv.h"

static bool
is_time(const struct person_value *v)
{
	size_t n = strlen(v->column);

	return v->number && n > 3 && strcmp(v->column + n - 3, "_at") == 0;
}

/* Times are written as people and other programs read them. */
static json_t *
json_value(const struct person_value *v)
{
	char text[CLOCK_TEXT];

	if (v->null)
		return json_null();
	if (!v->number)
		return json_stringn(v->text.at, v->text.len);
	if (!is_time(v))
		return json_integer((json_int_t)v->n);
	clock_rfc3339_local(v->n, text);
	return json_string(text);
}

static enum err
add_value(void *arg, const struct person_value *v)
{
	json_t *all = arg, *rows = json_object_get(all, v->table), *row;

	if (rows == NULL) {
		if (json_object_set_new(all, v->table, json_array()) != 0)
			return ERR_MEMORY;
		rows = json_object_get(all, v->table);
	}
	if (v->first && json_array_append_new(rows, json_object()) != 0)
		return ERR_MEMORY;
	row = json_array_get(rows, json_array_size(rows) - 1);
	return json_object_set_new(row, v->column, json_value(v)) == 0 ? ERR_NONE : ERR_MEMORY;
}

enum err
personal_json(struct db *db, const struct person *who, json_t **out)
{
	enum err e;

	*out = json_object();
	e = *out == NULL ? ERR_MEMORY : person_store_read(db, who, add_value, *out);
	if (e == ERR_NONE)
		return e;
	json_decref(*out);
	*out = NULL;
	return e;
}

struct sheet {
	struct buf *out;
	const char *table;
	int64_t row;
};

static enum err
add_line(void *arg, const struct person_value *v)
{
	struct sheet *sheet = arg;
	char text[CLOCK_TEXT];
	struct str value = v->null ? STR_NONE : v->text;

	if (sheet->table == NULL || strcmp(sheet->table, v->table) != 0)
		sheet->row = 0;
	sheet->table = v->table;
	sheet->row += v->first;
	if (!v->null && is_time(v)) {
		clock_rfc3339_local(v->n, text);
		value = str_of(text);
	} else if (!v->null && v->number) {
		(void)snprintf(text, sizeof text, "%lld", (long long)v->n);
		value = str_of(text);
	}
	csv_put(sheet->out, str_of(v->table));
	buf_printf(sheet->out, ",%lld,", (long long)sheet->row);
	csv_put(sheet->out, str_of(v->column));
	buf_putc(sheet->out, ',');
	csv_put(sheet->out, value);
	buf_puts(sheet->out, "\r\n");
	return sheet->out->failed ? ERR_MEMORY : ERR_NONE;
}

enum err
personal_csv(struct db *db, const struct person *who, struct buf *out)
{
	struct sheet sheet = {.out = out};

	buf_puts(out, "table,row,column,value\r\n");
	return person_store_read(db, who, add_line, &sheet);
}
