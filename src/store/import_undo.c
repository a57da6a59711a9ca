/* import_undo.c: the run is marked and its rows are taken back in one transaction. */
#include "store/import_undo.h"

#include "store/pick.h"

enum err
import_undo(struct db *db, const char *mark, import_undo_rows *rows, int64_t id, int64_t now, void *out,
    struct fault *f)
{
	int64_t changed = 0;
	enum err e = db_begin(db);

	if (e == ERR_NONE)
		e = db_exec(db, &changed, mark, "ii", now, id);
	if (e == ERR_NONE && changed == 0) {
		db_rollback(db);
		return fault_set(
		    f, ERR_NOT_FOUND, "there is no batch %lld that is not undone yet", (long long)id);
	}
	if (e == ERR_NONE)
		e = rows(db, id, now, out);
	if (e == ERR_NONE)
		e = db_commit(db);
	(void)pick_fault(f, e, db);
	if (e != ERR_NONE)
		db_rollback(db);
	return e;
}
