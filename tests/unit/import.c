/* import.c: folders stored file by file, refusals by line, images copied, and nothing by halves whatever ends it. */
#include "store_help.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "app/import.h"
#include "base/file.h"

struct desk {
	struct site *site;
	struct config config;
	struct cli cli;
	struct arena arena;
	char folder[64], media[96];
	char *argv[2];
	struct import_result result;
	struct fault f;
	char errors[96]; /* where standard error goes */
};

static int
desk_open(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	void *site;

	assert_non_null(d);
	assert_int_equal(site_open(&site), 0);
	d->site = site;
	(void)snprintf(d->folder, sizeof d->folder, "/tmp/poterne-import-XXXXXX");
	assert_non_null(mkdtemp(d->folder));
	(void)snprintf(d->media, sizeof d->media, "%s/media", d->folder);
	(void)snprintf(d->errors, sizeof d->errors, "%s/.errors", d->folder);
	d->config = (struct config){
	    .site_language = "fr", .teaser = "20%", .media = d->media, .database = d->site->path};
	arena_init(&d->arena, (size_t)64 << 20);
	d->argv[0] = d->folder;
	d->cli = (struct cli){
	    .config = &d->config, .arena = &d->arena, .argc = 1, .argv = d->argv, .usage = ""};
	*state = d;
	return 0;
}

static int
desk_close(void **state)
{
	struct desk *d = *state;
	void *site = d->site;
	char command[128];

	(void)snprintf(command, sizeof command, "rm -rf %s", d->folder);
	assert_int_equal(system(command), 0);
	arena_free(&d->arena);
	free(d);
	return site_close(&site);
}

static void
put_file(struct desk *d, const char *name, const char *head, const char *body)
{
	char path[200], text[8192];

	(void)snprintf(path, sizeof path, "%s/%s", d->folder, name);
	(void)snprintf(text, sizeof text, "---\n%s---\n%s", head, body);
	assert_int_equal(file_write(path, str_of(text), 0644, true, NULL), ERR_NONE);
}

/* Runs the import; what it prints on standard error comes back. */
static struct str
run(struct desk *d, bool dry_run, enum err want)
{
	struct str said = STR_NONE;
	int kept = dup(STDERR_FILENO), to = open(d->errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	enum err e;

	assert_true(kept >= 0 && to >= 0 && dup2(to, STDERR_FILENO) >= 0);
	e = import_run(&d->cli, d->site->writer, dry_run, &d->result, &d->f);
	(void)fflush(stderr);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	(void)close(kept);
	(void)close(to);
	assert_int_equal(file_read(&d->arena, d->errors, 65536, &said, NULL), ERR_NONE);
	assert_int_equal(e, want);
	return said;
}

static bool
says(struct str said, const char *what)
{
	return str_find(said, str_of(what)) < said.len;
}

static void
contract_import_is_an_upsert_by_slug(void **state)
{
	struct desk *d = *state;

	put_file(d, "b.md", "title: Deux\nsection: service\naccess: public\n", "\nDu texte.\n");
	put_file(d, "a.md", "title: Un\nsection: innovation\nplans: [integral]\npublished: 2024-11-15\n",
	    "\nDu texte.\n");
	put_file(d, ".hidden.md", "title: Non\n", "");
	put_file(d, "notes.txt", "rien\n", "");
	(void)run(d, false, ERR_NONE);
	assert_int_equal(d->result.added, 2);
	assert_int_equal(d->result.refused, 0);
	assert_int_equal(
	    site_int(d->site, "SELECT count(*) FROM article_body WHERE stale = 0 AND html LIKE '<p>Du%'"), 2);
	put_file(d, "b.md", "title: Deux bis\nslug: deux\nsection: service\n", "\nDu texte.\n");
	(void)run(d, false, ERR_NONE);
	assert_int_equal(d->result.added, 0);
	assert_int_equal(d->result.replaced, 2);
	assert_int_equal(
	    site_int(
	        d->site, "SELECT count(*) FROM article WHERE title = 'Deux bis' AND access = 'subscriber'"),
	    1);
}

static void
FT16_one_bad_file_stops_no_other(void **state)
{
	struct desk *d = *state;
	struct str said;

	put_file(d, "a.md", "title: Un\nsection: innovation\n", "\nDu texte.\n");
	put_file(d, "b.md", "title: Deux\nsection: inovation\n", "");
	put_file(d, "c.md", "title: Trois\nsection: service\nplans: [or]\n", "");
	put_file(d, "d.md", "title: Un\nsection: service\n", "");
	put_file(d, "e.md", "title: Cinq\nsection: service\nimage: absente.webp\n", "");
	put_file(d, "f.md", "title: Six\nsection: service\n", "\n\n![x](https://exemple.fr/x.png)\n");
	put_file(d, "g.md", "title: Sept\nsection: service\n", "\nDu texte.\n");
	said = run(d, false, ERR_NONE);
	assert_int_equal(d->result.added, 2);
	assert_int_equal(d->result.refused, 5);
	assert_true(says(said, "b.md:3: there is no section inovation; did you mean innovation?"));
	assert_true(says(said, "c.md: ") && says(said, "\"or\""));
	assert_true(says(said, "d.md:1: the slug un is taken by"));
	assert_true(says(said, "e.md:4: image absente.webp: lies neither"));
	assert_true(says(said, "f.md:7: image https://exemple.fr/x.png: only images"));
	assert_int_equal(site_int(d->site, "SELECT count(*) FROM article"), 2);
	assert_int_equal(site_int(d->site, "SELECT count(*) FROM article_body"), 2);
}

static void
contract_dry_run_stores_nothing(void **state)
{
	struct desk *d = *state;
	char path[200];

	(void)snprintf(path, sizeof path, "%s/carte.svg", d->folder);
	assert_int_equal(file_write(path, STR("<svg width='9' height='8'/>"), 0644, true, NULL), ERR_NONE);
	put_file(d, "a.md", "title: Un\nsection: innovation\nimage: carte.svg\n", "\n![x](carte.svg)\n");
	put_file(d, "b.md", "title: Deux\nsection: service\nplans: [or]\n", "");
	(void)run(d, true, ERR_NONE);
	assert_int_equal(d->result.added, 1);
	assert_int_equal(d->result.refused, 1);
	assert_int_equal(site_int(d->site, "SELECT count(*) FROM article"), 0);
	assert_false(file_exists(d->media));
}

static void
AD6_images_are_copied_under_names_of_their_own(void **state)
{
	struct desk *d = *state;
	char path[200];
	struct str said;

	(void)snprintf(path, sizeof path, "%s/Carte.svg", d->folder);
	assert_int_equal(file_write(path, STR("<svg width='90' height='80'/>"), 0644, true, NULL), ERR_NONE);
	(void)snprintf(path, sizeof path, "%s/piege.png", d->folder);
	assert_int_equal(file_write(path, STR("<svg><script>x</script></svg>"), 0644, true, NULL), ERR_NONE);
	put_file(d, "a.md", "title: Un\nsection: innovation\nimage: Carte.svg\n",
	    "\n![x](Carte.svg \"c\")\n\n`![y](z.png`\n");
	put_file(d, "b.md", "title: Deux\nsection: service\n", "\n![x](piege.png)\n");
	said = run(d, false, ERR_NONE);
	assert_int_equal(d->result.added, 1);
	assert_true(says(said,
	    "b.md:6: image piege.png: the drawing has an element that does not belong in one (script)"));
	assert_int_equal(site_int(d->site, "SELECT image_width FROM article WHERE image GLOB "
	                                   "'carte-????????????????????????????????.svg'"),
	    90);
	assert_int_equal(
	    site_int(d->site,
	        "SELECT count(*) FROM article a JOIN article_body b ON b.article_id = a.id"
	        " WHERE b.html GLOB '*width=\"90\" height=\"80\" src=\"/media/' || a.image || '\"*'"
	        " AND b.markdown GLOB '*](' || a.image || ' \"c\")*'"),
	    1);
	(void)snprintf(path, sizeof path, "ls %s/media/carte-*.svg > /dev/null", d->folder);
	assert_int_equal(system(path), 0);
}

static void
put_many(struct desk *d, unsigned n)
{
	static char body[6000];

	for (size_t i = 0; i + 20 < sizeof body; i += 20)
		memcpy(body + i, "un texte pour tous. ", 20);
	for (unsigned i = 0; i < n; i++) {
		char name[32], head[120];

		(void)snprintf(name, sizeof name, "%04u.md", i);
		(void)snprintf(head, sizeof head,
		    "title: Article %u\nsection: service\nauthors: [A, B]\ntags: [t]\n", i);
		put_file(d, name, head, body);
	}
}

static void
FT1_a_kill_leaves_whole_articles_only(void **state)
{
	static const char halves[] =
	    "SELECT count(*) FROM article a WHERE NOT EXISTS (SELECT 1 FROM article_body b WHERE"
	    " b.article_id = a.id AND b.stale = 0 AND length(b.html) > 5000) OR a.words < 500"
	    " OR (SELECT count(*) FROM article_author l WHERE l.article_id = a.id) <> 2";
	struct desk *d = *state;
	int64_t before = 0, after = 0;

	put_many(d, 400);
	for (unsigned ms = 5; ms < 150; ms += 12) {
		pid_t pid;

		(void)fflush(stdout);
		assert_true((pid = fork()) >= 0);
		if (pid == 0) {
			struct db *db = NULL;

			if (db_open(&db, d->site->path, DB_WRITER, false, NULL) != ERR_NONE)
				_exit(1);
			_exit(import_run(&d->cli, db, false, &d->result, &d->f) == ERR_NONE ? 0 : 1);
		}
		(void)usleep(ms * 1000);
		(void)kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_int_equal(site_int(d->site, halves), 0);
		after = site_int(d->site, "SELECT count(*) FROM article");
		assert_true(after >= before);
		before = after;
	}
	(void)run(d, false, ERR_NONE);
	assert_int_equal(site_int(d->site, "SELECT count(*) FROM article"), 400);
	assert_int_equal(site_int(d->site, halves), 0);
}

static void
FT5_a_locked_database_is_said(void **state)
{
	struct desk *d = *state;
	struct db *other = NULL;

	put_file(d, "a.md", "title: Un\nsection: innovation\n", "\nDu texte.\n");
	assert_int_equal(db_open(&other, d->site->path, DB_WRITER, false, NULL), ERR_NONE);
	assert_int_equal(db_begin(other), ERR_NONE);
	(void)run(d, false, ERR_BUSY);
	assert_true(d->f.text[0] != '\0');
	db_rollback(other);
	db_close(other);
	(void)run(d, false, ERR_NONE);
	assert_int_equal(d->result.added, 1);
}

static void
FT16_paths_that_are_not_there(void **state)
{
	static char gone[] = "/nonexistent/a.md";
	struct desk *d = *state;

	d->argv[0] = gone;
	assert_true(says(run(d, false, ERR_NONE), "/nonexistent/a.md: "));
	assert_int_equal(d->result.refused, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(contract_import_is_an_upsert_by_slug, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(FT16_one_bad_file_stops_no_other, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(contract_dry_run_stores_nothing, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(
	        AD6_images_are_copied_under_names_of_their_own, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(FT1_a_kill_leaves_whole_articles_only, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(FT5_a_locked_database_is_said, desk_open, desk_close),
	    cmocka_unit_test_setup_teardown(FT16_paths_that_are_not_there, desk_open, desk_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
