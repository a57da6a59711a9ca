/* reader_import.c: a CSV file in one transaction. */
#include "app/reader_import.h"

#include <string.h>

#include "app/cli.h"
#include "base/clock.h"
#include "format/csv.h"
#include "store/erased_store.h"
#include "store/reader_batch.h"
#include "store/subscriber_store.h"
#include "store/subscription_store.h"

#define COLUMNS_MAX 20
#define REPORTED_MAX 100
#define ROW_BYTES ((size_t)1 << 20)
#define DAYS_MAX 90

enum column {
	COL_EMAIL,
	COL_NAME,
	COL_PLAN,
	COL_KIND,
	COL_FROM,
	COL_UNTIL,
	COL_GRACE,
	COL_SOURCE,
	COL_COUNT
};

static const char *const column_names[] = {
    [COL_EMAIL] = "email",
    [COL_NAME] = "name",
    [COL_PLAN] = "plan",
    [COL_KIND] = "kind",
    [COL_FROM] = "from",
    [COL_UNTIL] = "until",
    [COL_GRACE] = "grace_days",
    [COL_SOURCE] = "source",
};
_Static_assert(sizeof column_names / sizeof *column_names == COL_COUNT, "name every column");

struct import {
	struct db *db;
	struct arena arena; /* a row's */
	int at[COL_COUNT];  /* where each column stands; -1: nowhere */
	struct str source;  /* of rows that name none */
	int64_t now;
	struct reader_import *done;
};

bool
reader_import_until(struct str text, int64_t *out)
{
	struct clock_date day;

	if (!clock_parse(text, out))
		return false;
	if (text.len > 10)
		return true;
	day = clock_local(
	    *out + CLOCK_DAY + CLOCK_DAY / 2); /* noon of the next day, whatever the clocks do that night */
	day.hour = day.minute = 0;
	*out = clock_from_local(day);
	return true;
}

static enum err
read_header(struct import *in, const struct str *fields, size_t n, struct fault *f)
{
	for (int c = 0; c < COL_COUNT; c++)
		in->at[c] = -1;
	for (size_t i = 0; i < n; i++) {
		int c = 0;

		while (c < COL_COUNT && !str_eq_nocase(fields[i], str_of(column_names[c])))
			c++;
		if (c == COL_COUNT)
			return fault_set(f, ERR_INVALID,
			    "unknown column \"%.*s\"; there are email, name, plan, kind, from, until, "
			    "grace_days, source",
			    (int)(fields[i].len > 60 ? 60 : fields[i].len), fields[i].at);
		if (in->at[c] >= 0)
			return fault_set(f, ERR_INVALID, "column \"%s\" stands there twice", column_names[c]);
		in->at[c] = (int)i;
	}
	if (in->at[COL_EMAIL] < 0)
		return fault_set(
		    f, ERR_INVALID, "the first line names the columns, and email is not among them");
	if ((in->at[COL_PLAN] < 0) != (in->at[COL_UNTIL] < 0))
		return fault_set(f, ERR_INVALID, "the columns plan and until come together");
	return ERR_NONE;
}

static struct str
cell(const struct import *in, const struct str *fields, size_t n, enum column c)
{
	return in->at[c] >= 0 && (size_t)in->at[c] < n ? fields[in->at[c]] : STR_NONE;
}

/* The account of the row, made when there is none. */
static enum err
import_account(
    struct import *in, const struct str *fields, size_t n, int64_t *id, bool *added, struct fault *f)
{
	struct str email = cell(in, fields, n, COL_EMAIL);
	struct subscriber found;
	enum err e = subscriber_store_by_email(in->db, &in->arena, email, &found);

	*added = e == ERR_NOT_FOUND;
	if (*added) {
		e = erased_store_allows(in->db, email, f);
		if (e == ERR_NONE ||
		    e == ERR_INVALID) /* the table says better what is wrong with an address */
			e = subscriber_store_add(in->db, email, cell(in, fields, n, COL_NAME), id, f);
		return e == ERR_NONE ? reader_batch_item(in->db, in->done->batch, *id, 0) : e;
	}
	*id = found.id;
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(in->db));
}

static enum err
read_period(const struct import *in, const struct str *fields, size_t n, struct grant *g, struct fault *f)
{
	struct str from = cell(in, fields, n, COL_FROM), until = cell(in, fields, n, COL_UNTIL);
	struct str grace = cell(in, fields, n, COL_GRACE), source = cell(in, fields, n, COL_SOURCE);
	int64_t days = 0;

	g->plan = cell(in, fields, n, COL_PLAN);
	g->kind = cell(in, fields, n, COL_KIND);
	g->kind = g->kind.len > 0 ? g->kind : STR("paid");
	g->source = source.len > 0 ? source : in->source;
	g->starts_at = in->now;
	if (g->plan.len == 0)
		return fault_set(f, ERR_INVALID, "until without a plan");
	if (from.len > 0 && !clock_parse(from, &g->starts_at))
		return fault_set(f, ERR_INVALID, "from: \"%.*s\" is no date; write 2026-12-31",
		    (int)(from.len > 40 ? 40 : from.len), from.at);
	if (until.len == 0)
		return fault_set(f, ERR_INVALID, "a plan without until");
	if (!reader_import_until(until, &g->ends_at))
		return fault_set(f, ERR_INVALID, "until: \"%.*s\" is no date; write 2026-12-31",
		    (int)(until.len > 40 ? 40 : until.len), until.at);
	if (grace.len > 0 && !str_to_int(grace, 0, DAYS_MAX, &days))
		return fault_set(f, ERR_INVALID, "grace_days: a number from 0 to %d", DAYS_MAX);
	g->grace_s = days * CLOCK_DAY;
	return ERR_NONE;
}

static enum err
import_row(struct import *in, const struct str *fields, size_t n, struct fault *f)
{
	struct grant g = {.subscriber_id = 0};
	bool added = false;
	int64_t id;
	enum err e = import_account(in, fields, n, &g.subscriber_id, &added, f);

	in->done->accounts += e == ERR_NONE && added;
	if (e != ERR_NONE ||
	    (cell(in, fields, n, COL_PLAN).len == 0 && cell(in, fields, n, COL_UNTIL).len == 0)) {
		in->done->unchanged += e == ERR_NONE && !added;
		return e;
	}
	if ((e = read_period(in, fields, n, &g, f)) != ERR_NONE)
		return e;
	e = subscription_store_find(in->db, &g, &id);
	if (e == ERR_NONE) {
		in->done->unchanged++;
		return e;
	}
	if (e == ERR_NOT_FOUND)
		e = subscription_store_grant(in->db, &g, &id, f);
	if (e == ERR_NONE)
		e = reader_batch_item(in->db, in->done->batch, g.subscriber_id, id);
	in->done->periods += e == ERR_NONE;
	return e;
}

/* Whether the fault is the row's own, so that the next one is worth a try. */
static bool
of_the_row(enum err e)
{
	return e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_NOT_FOUND;
}

static enum err
import_rows(
    struct import *in, struct csv *csv, size_t total, const char *label, FILE *report, struct fault *f)
{
	struct str fields[COLUMNS_MAX];
	size_t n, line;
	enum err e;

	for (;;) {
		arena_reset(&in->arena);
		f->text[0] = '\0';
		e = csv_row(csv, &in->arena, fields, COLUMNS_MAX, &n, &line, f);
		if (e == ERR_NOT_FOUND)
			break;
		if (e == ERR_NONE)
			e = import_row(in, fields, n, f);
		if (e != ERR_NONE && !of_the_row(e))
			return fault_context(f, e, "%s:%zu", label, line);
		if (e != ERR_NONE && ++in->done->refused <= REPORTED_MAX)
			(void)fprintf(
			    report, "%s:%zu: %s\n", label, line, f->text[0] != '\0' ? f->text : err_name(e));
		if (line % 1000 == 0)
			cli_progress("import", total - csv->rest.len, total);
	}
	cli_progress("import", total, total);
	if (in->done->refused > REPORTED_MAX)
		(void)fprintf(
		    report, "%s: and %lld more\n", label, (long long)in->done->refused - REPORTED_MAX);
	return in->done->refused == 0
	           ? ERR_NONE
	           : fault_set(f, ERR_INVALID, "%lld row(s) of %s refused, nothing is stored",
	                 (long long)in->done->refused, label);
}

/* Within a transaction that the caller ends. */
static enum err
import_text(struct import *in, struct str text, const char *label, FILE *report, struct fault *f)
{
	struct str fields[COLUMNS_MAX];
	struct csv csv;
	size_t n = 0, line = 1;
	enum err e;

	if (!str_is_utf8(text))
		return fault_set(f, ERR_INVALID, "%s: it is not UTF-8; save it as \"CSV UTF-8\"", label);
	csv_start(&csv, text);
	e = csv_row(&csv, &in->arena, fields, COLUMNS_MAX, &n, &line, f);
	if (e == ERR_NOT_FOUND)
		return fault_set(f, ERR_INVALID, "%s: it is empty", label);
	if (e == ERR_NONE)
		e = read_header(in, fields, n, f);
	if (e != ERR_NONE)
		return fault_context(f, e, "%s:%zu", label, line);
	return import_rows(in, &csv, text.len, label, report, f);
}

enum err
reader_import_csv(struct db *db, struct str text, const char *label, bool dry, FILE *report,
    struct reader_import *done, struct fault *f)
{
	const char *slash = strrchr(label, '/');
	struct import in = {.db = db, .now = clock_now(), .done = done};
	char source[200];
	enum err e;

	*done = (struct reader_import){0};
	(void)snprintf(source, sizeof source, "import %.150s", slash == NULL ? label : slash + 1);
	in.source = str_of(source);
	arena_init(&in.arena, ROW_BYTES);
	if ((e = db_begin(db)) != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	e = reader_batch_begin(db, str_of(source + strlen("import ")), &done->batch);
	if (e == ERR_NONE)
		e = import_text(&in, text, label, report, f);
	arena_free(&in.arena);
	if (e == ERR_NONE)
		e = reader_batch_done(db, done->batch, done->accounts, done->periods);
	if (e != ERR_NONE || dry || done->accounts + done->periods == 0) {
		done->batch = 0;
		db_rollback(db);
		return e;
	}
	e = db_commit(db);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}
