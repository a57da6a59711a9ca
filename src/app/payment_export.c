/* payment_export.c: line by line, then the other way round. */
#include "app/payment_export.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "format/csv.h"
#include "store/billing_report.h"

#define FIELDS 80
#define ROWS_MAX ((size_t)1 << 20)
#define PART 500

static const struct str stripe = STR_LITERAL("stripe");

enum column { COLUMN_ID, COLUMN_STATUS, COLUMN_CUSTOMER, COLUMN_UNTIL, COLUMNS };
static const char *const titles[COLUMNS] = {"id", "Status", "Customer ID", "Current Period End (UTC)"};

struct export
{
	struct db *db;
	struct arena *arena;
	json_t *rows;
	size_t at[COLUMNS]; /* place of each column; FIELDS: absent */
	struct str *ids;    /* of the lines read */
	size_t count, room;
};

struct line {
	size_t number;
	struct str id, status, customer;
	int64_t until; /* 0: not said */
};

static bool
differs(struct export *x, const struct line *l, const char *drift, struct str there, struct str here)
{
	return json_array_append_new(
	           x->rows, json_pack("{s:I, s:s%, s:s, s:s%, s:s%}", "line", (json_int_t)l->number,
	                        "subscription", l->id.at, l->id.len, "drift", drift, "there", there.at,
	                        there.len, "here", here.at, here.len)) == 0;
}

static struct str
day(struct arena *a, int64_t at)
{
	char text[CLOCK_TEXT];

	if (at == 0)
		return STR("never");
	clock_rfc3339(at, text);
	return arena_copy(a, str_of(text));
}

static bool
runs(struct str status)
{
	return str_eq(status, STR("active")) || str_eq(status, STR("trialing")) ||
	       str_eq(status, STR("past_due"));
}

static enum err
compare_line(struct export *x, const struct line *l)
{
	struct billing_standing here;
	enum err e = billing_report_standing(x->db, x->arena, stripe, l->id, &here);
	bool ok = true;

	if (e == ERR_NOT_FOUND)
		return differs(x, l, "unknown here", l->status, STR("")) ? ERR_NONE : ERR_MEMORY;
	if (e != ERR_NONE)
		return e;
	if (runs(l->status) && here.ended_at != 0)
		ok = differs(x, l, "runs there, ended here", l->status, day(x->arena, here.ended_at));
	else if (str_eq(l->status, STR("canceled")) && here.ended_at == 0)
		ok = differs(x, l, "ended there, runs here", l->status, here.status);
	else if (runs(l->status) && here.subscriber == 0)
		ok = differs(x, l, "nobody's account", l->customer, here.customer);
	else if (str_eq(l->status, STR("active")) && l->until != 0 && here.paid_until < l->until)
		ok = differs(
		    x, l, "paid longer there", day(x->arena, l->until), day(x->arena, here.paid_until));
	else if (l->customer.len > 0 && !str_eq(l->customer, here.customer))
		ok = differs(x, l, "another customer", l->customer, here.customer);
	return ok ? ERR_NONE : ERR_MEMORY;
}

static enum err
read_titles(struct export *x, const struct str *fields, size_t n, const char *label, struct fault *f)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		x->at[c] = FIELDS;
		for (size_t i = 0; i < n; i++)
			if (str_eq_nocase(fields[i], str_of(titles[c])))
				x->at[c] = i;
	}
	if (x->at[COLUMN_ID] == FIELDS || x->at[COLUMN_STATUS] == FIELDS)
		return fault_set(f, ERR_INVALID, "%s:1: the columns id and Status are wanted", label);
	return ERR_NONE;
}

/* "2026-03-05 10:20" of UTC. */
static bool
read_utc(struct arena *a, struct str text, int64_t *out)
{
	struct str rfc = arena_printf(
	    a, STR_FMT "T" STR_FMT ":00Z", STR_ARG(str_slice(text, 0, 10)), STR_ARG(str_slice(text, 11, 16)));

	*out = 0;
	return text.len == 0 || (rfc.at != NULL && text.len >= 16 && clock_parse(rfc, out));
}

static struct str
field(const struct export *x, enum column c, const struct str *fields, size_t n)
{
	return x->at[c] < n ? fields[x->at[c]] : STR_NONE;
}

static enum err
keep_id(struct export *x, struct str id)
{
	if (x->count == x->room) {
		size_t room = x->room == 0 ? 256 : x->room * 2;
		struct str *moved = room > ROWS_MAX ? NULL : arena_zero(x->arena, room, sizeof *moved);

		if (moved == NULL)
			return ERR_MEMORY;
		if (x->count > 0)
			memcpy(moved, x->ids, x->count * sizeof *moved);
		x->ids = moved;
		x->room = room;
	}
	x->ids[x->count++] = id;
	return ERR_NONE;
}

static enum err
read_lines(struct export *x, struct csv *csv, const char *label, struct fault *f)
{
	struct str fields[FIELDS];
	struct line l;
	size_t n;
	enum err e;

	while ((e = csv_row(csv, x->arena, fields, FIELDS, &n, &l.number, f)) == ERR_NONE) {
		l.id = field(x, COLUMN_ID, fields, n);
		l.status = field(x, COLUMN_STATUS, fields, n);
		l.customer = field(x, COLUMN_CUSTOMER, fields, n);
		if (l.id.len == 0 || !str_is_utf8(l.id) || !str_is_utf8(l.status) ||
		    !str_is_utf8(l.customer) ||
		    !read_utc(x->arena, field(x, COLUMN_UNTIL, fields, n), &l.until))
			return fault_set(f, ERR_INVALID,
			    "%s:%zu: an id, and times as 2026-03-05 10:20 are wanted", label, l.number);
		if ((e = keep_id(x, l.id)) != ERR_NONE || (e = compare_line(x, &l)) != ERR_NONE)
			return fault_set(f, e, "%s:%zu: %s", label, l.number,
			    e == ERR_MEMORY ? "too long" : db_message(x->db));
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : fault_context(f, e, "%s:%zu", label, l.number);
}

static int
id_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* What runs here and does not stand in the export. */
static enum err
compare_back(struct export *x)
{
	struct billing_standing *part;
	struct str after = STR_NONE;
	size_t n;
	enum err e;

	if (x->count > 0)
		qsort(x->ids, x->count, sizeof *x->ids, id_cmp);
	do {
		e = billing_report_running(x->db, x->arena, stripe, after, PART, &part, &n);
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			const struct line l = {.id = part[i].id};

			after = part[i].id;
			if (x->count > 0 &&
			    bsearch(&part[i].id, x->ids, x->count, sizeof *x->ids, id_cmp) != NULL)
				continue;
			if (!differs(x, &l, "not in the export", STR(""), part[i].status))
				e = ERR_MEMORY;
		}
	} while (e == ERR_NONE && n == PART);
	return e;
}

enum err
payment_export_compare(
    struct db *db, struct arena *a, struct str text, const char *label, json_t *rows, struct fault *f)
{
	struct export x = {.db = db, .arena = a, .rows = rows};
	struct str fields[FIELDS];
	struct csv csv;
	size_t n, line = 1;
	enum err e;

	csv_start(&csv, text);
	e = csv_row(&csv, a, fields, FIELDS, &n, &line, f);
	if (e == ERR_NOT_FOUND)
		return fault_set(f, ERR_INVALID, "%s: empty", label);
	if (e != ERR_NONE)
		return fault_context(f, e, "%s:%zu", label, line);
	if ((e = read_titles(&x, fields, n, label, f)) == ERR_NONE &&
	    (e = read_lines(&x, &csv, label, f)) == ERR_NONE && (e = compare_back(&x)) != ERR_NONE)
		return fault_set(f, e, "%s: %s", label, db_message(db));
	return e;
}
