/* institution_import.c: a CSV file in one transaction. */
#include "app/institution_import.h"

#include <string.h>

#include "app/cli.h"
#include "base/clock.h"
#include "format/csv.h"
#include "store/institution_batch.h"
#include "store/institution_store.h"
#include "store/seat_store.h"

#define COLUMNS_MAX 8
#define REPORTED_MAX 100
#define ROW_BYTES ((size_t)1 << 20)

struct run {
	struct db *db;
	struct arena arena; /* a row's */
	struct institution_import *in;
	int institution, what, label; /* where the columns stand; -1: nowhere */
	char ref[100];                /* the row before: rows of an institution stand together */
	int64_t id;
};

static enum err
read_header(struct run *run, const struct str *fields, size_t n, struct fault *f)
{
	const char *what = run->in->networks ? "network" : "email";

	run->institution = run->what = run->label = -1;
	for (size_t i = 0; i < n; i++) {
		int *column = str_eq_nocase(fields[i], STR("institution")) ? &run->institution
		              : str_eq_nocase(fields[i], str_of(what))     ? &run->what
		              : run->in->networks && str_eq_nocase(fields[i], STR("label")) ? &run->label
		                                                                            : NULL;

		if (column == NULL || *column >= 0)
			return fault_set(f, ERR_INVALID, "column \"%.*s\" is %s; there are institution, %s%s",
			    (int)(fields[i].len > 60 ? 60 : fields[i].len), fields[i].at,
			    column == NULL ? "unknown" : "there twice", what,
			    run->in->networks ? ", label" : "");
		*column = (int)i;
	}
	if (run->institution < 0 || run->what < 0)
		return fault_set(f, ERR_INVALID,
		    "the first line names the columns: institution and %s must be among them", what);
	return ERR_NONE;
}

static enum err
find_institution(struct run *run, struct str ref, struct fault *f)
{
	struct institution it;
	enum err e;

	if (run->id != 0 && str_eq(ref, str_of(run->ref)))
		return ERR_NONE;
	run->id = 0;
	e = institution_store_find(run->db, &run->arena, ref, clock_now(), &it, f);
	if (e != ERR_NONE || ref.len >= sizeof run->ref)
		return e;
	memcpy(run->ref, ref.at, ref.len);
	run->ref[ref.len] = '\0';
	run->id = it.id;
	return e;
}

static enum err
import_network(struct run *run, struct str text, struct str label, struct fault *f)
{
	char network[CIDR_TEXT];
	struct cidr net;
	enum err e = cidr_parse(text, run->in->limits, &net, f);

	if (e != ERR_NONE)
		return fault_context(f, e, "%.*s", (int)(text.len > 60 ? 60 : text.len), text.at);
	cidr_text(&net, network);
	return institution_store_add_network(run->db, run->id, network, label, run->in->batch, f);
}

static enum err
import_seat(struct run *run, struct str email, struct fault *f)
{
	const struct seat_gift gift = {
	    .institution_id = run->id, .batch_id = run->in->batch, .email = email, .origin = "import"};
	enum err e = seat_store_give(run->db, &run->arena, &gift, NULL, f);

	/* Who has a seat keeps it. */
	run->in->unchanged += e == ERR_CONFLICT;
	run->in->added -= e == ERR_CONFLICT;
	return e == ERR_CONFLICT ? ERR_NONE : e;
}

static enum err
import_row(struct run *run, const struct str *fields, size_t n, struct fault *f)
{
	struct str ref = (size_t)run->institution < n ? fields[run->institution] : STR_NONE;
	struct str what = (size_t)run->what < n ? fields[run->what] : STR_NONE;
	struct str label = run->label >= 0 && (size_t)run->label < n ? fields[run->label] : STR_NONE;
	enum err e = find_institution(run, ref, f);

	if (e == ERR_NONE)
		e = run->in->networks ? import_network(run, what, label, f) : import_seat(run, what, f);
	run->in->added += e == ERR_NONE;
	return e;
}

static bool
of_the_row(enum err e)
{
	return e == ERR_INVALID || e == ERR_CONFLICT || e == ERR_NOT_FOUND;
}

static enum err
import_rows(struct run *run, struct csv *csv, size_t total, struct fault *f)
{
	struct institution_import *in = run->in;
	struct str fields[COLUMNS_MAX];
	size_t n, line;
	enum err e;

	for (;;) {
		struct fault why = {""};

		arena_reset(&run->arena);
		e = csv_row(csv, &run->arena, fields, COLUMNS_MAX, &n, &line, &why);
		if (e == ERR_NOT_FOUND)
			break;
		if (e == ERR_NONE)
			e = import_row(run, fields, n, &why);
		cli_progress("import", total - csv->rest.len, total + 1);
		if (e == ERR_NONE)
			continue;
		if (!of_the_row(e))
			return fault_set(f, e, "%s:%zu: %s", in->label, line, why.text);
		if (in->refused++ < REPORTED_MAX)
			(void)fprintf(in->report, "%s:%zu: %s\n", in->label, line, why.text);
	}
	cli_progress("import", total + 1, total + 1);
	if (in->refused > 0)
		return fault_set(f, ERR_INVALID, "%s: %lld rows are refused; nothing is stored", in->label,
		    (long long)in->refused);
	return ERR_NONE;
}

static enum err
import_text(struct run *run, struct str text, struct fault *f)
{
	struct str fields[COLUMNS_MAX];
	struct csv csv;
	size_t n = 0, line = 1;
	enum err e;

	if (!str_is_utf8(text))
		return fault_set(
		    f, ERR_INVALID, "%s: it is not UTF-8; save it as \"CSV UTF-8\"", run->in->label);
	csv_start(&csv, text);
	e = csv_row(&csv, &run->arena, fields, COLUMNS_MAX, &n, &line, f);
	if (e == ERR_NOT_FOUND)
		return fault_set(f, ERR_INVALID, "%s: it is empty", run->in->label);
	if (e == ERR_NONE)
		e = read_header(run, fields, n, f);
	if (e != ERR_NONE)
		return fault_context(f, e, "%s:%zu", run->in->label, line);
	return import_rows(run, &csv, text.len, f);
}

enum err
institution_import_csv(struct db *db, struct str text, struct institution_import *in, struct fault *f)
{
	struct run run = {.db = db, .in = in};
	const char *slash = strrchr(in->label, '/');
	enum err e;

	in->batch = in->added = in->unchanged = in->refused = 0;
	arena_init(&run.arena, ROW_BYTES);
	if ((e = db_begin(db)) != ERR_NONE)
		return fault_set(f, e, "%s", db_message(db));
	e = institution_batch_begin(db, in->networks ? "networks" : "seats",
	    str_of(slash == NULL ? in->label : slash + 1), &in->batch, f);
	if (e == ERR_NONE)
		e = import_text(&run, text, f);
	if (e == ERR_NONE)
		e = institution_batch_done(db, in->batch, in->added);
	arena_free(&run.arena);
	if (e != ERR_NONE || in->dry) {
		db_rollback(db);
		return e;
	}
	e = db_commit(db);
	return e == ERR_NONE ? e : fault_set(f, e, "%s", db_message(db));
}
