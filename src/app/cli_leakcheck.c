/* cli_leakcheck.c: poterne leakcheck URL: reads a site as nobody and looks for words that are paid for. */
#include <string.h>

#include "app/cli.h"
#include "app/crawl.h"
#include "app/fetch.h"
#include "app/passages.h"
#include "app/verbs.h"
#include "base/clock.h"
#include "core/publish.h"
#include "store/article_admin.h"
#include "store/media_store.h"
#include "store/pick.h"

#define MOST_ADDRESSES 1000000
#define TRIES 30
#define ANYBODY "poterne-leakcheck/1"
#define SEARCH_ENGINE "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

struct leak_check {
	struct cli *cli;
	struct db *db;
	struct fetch *fetch;
	struct crawl *crawl;
	struct passages *passages;
	struct fetch_answer answer;
	struct arena arena; /* of one address */
	const char *origin;
	json_t *rows;
	size_t read, unread;
};

static void
report(struct leak_check *k, const char *url, const char *where, struct str article, struct str words)
{
	(void)json_array_append_new(
	    k->rows, json_pack("{s:s, s:s, s:s%, s:s%}", "url", url, "where", where, "article", article.at,
	                 article.len, "words", words.at, words.len));
}

static void
look(struct leak_check *k, const char *url, const char *where, struct str bytes)
{
	struct passage found = {0, STR_NONE};
	struct article art;
	struct str path = STR("?");

	if (!passages_find(k->passages, &k->arena, bytes, &found))
		return;
	if (article_store_read(k->db, &k->arena, found.article_id, &art) == ERR_NONE)
		path = arena_printf(
		    &k->arena, "/" STR_FMT "/" STR_FMT, STR_ARG(art.section), STR_ARG(art.slug));
	report(k, url, where, path, found.words);
}

static bool
is_text(const char *type)
{
	static const char *const kinds[] = {"text/", "json", "xml", "javascript"};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strstr(type, kinds[i]) != NULL)
			return true;
	return type[0] == '\0';
}

/* Waits where the site asks for patience (429). False: it was not read, which is told. */
static bool
get(struct leak_check *k, const char *url, const char *agent)
{
	struct fault f = {""};
	enum err e = ERR_NONE;

	for (int i = 0; i < TRIES; i++) {
		e = fetch_get(k->fetch, url, agent, &k->answer, &f);
		if (e != ERR_NONE || k->answer.status != 429)
			break;
		clock_sleep_ms(500);
	}
	k->read++;
	if (e == ERR_NONE && k->answer.status < 500 && k->answer.status != 429)
		return true;
	k->unread++;
	(void)fflush(stdout);
	if (e == ERR_NONE)
		(void)fprintf(stderr, "poterne: %s answered %ld\n", url, k->answer.status);
	else
		(void)cli_fail(e, &f);
	return false;
}

static void
read_address(struct leak_check *k, struct str path, const char *agent)
{
	struct str url;

	arena_reset(&k->arena);
	url = arena_printf(&k->arena, "%s" STR_FMT, k->origin, STR_ARG(path));
	if (url.at == NULL || !get(k, url.at, agent))
		return;
	crawl_links(k->crawl, buf_str(&k->answer.head));
	look(k, url.at, "header", buf_str(&k->answer.head));
	if (!is_text(k->answer.type))
		return;
	crawl_links(k->crawl, buf_str(&k->answer.body));
	look(k, url.at, "body", buf_str(&k->answer.body));
}

/* Where the crawl begins, and what no page leads to but somebody might try (LK3). */
static enum err
add_starts(struct leak_check *k, struct fault *f)
{
	static const char *const starts[] = {"/", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml",
	    "/feed.atom", "/feed.json", "/opensearch.xml", "/llms.txt", "/manifest.webmanifest",
	    "/.well-known/security.txt"};
	static const char *const ends[] = {
	    "", "?full=1", "?print=1", "?preview=1", "/amp", "/print", ".json", ".md", ".txt"};
	struct article_row *rows;
	struct arena a;
	int64_t after = 0;
	size_t n = 1;
	enum err e = ERR_NONE;

	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		crawl_add(k->crawl, str_of(starts[i]));
	arena_init(&a, (size_t)64 << 20);
	while (e == ERR_NONE && n > 0) {
		arena_reset(&a);
		e = pick_fault(f, article_admin_list(k->db, &a, after, 200, &rows, &n), k->db);
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			after = rows[i].id;
			for (size_t end = 0; end < sizeof ends / sizeof *ends; end++)
				crawl_add(k->crawl,
				    arena_printf(&a, "/" STR_FMT "/" STR_FMT "%s", STR_ARG(rows[i].section),
				        STR_ARG(rows[i].slug), ends[end]));
		}
	}
	arena_free(&a);
	return e;
}

/* LK16: who says to be a search engine is still nobody. */
static enum err
read_as_search_engine(struct leak_check *k, struct fault *f)
{
	struct article_row *rows;
	struct arena a;
	int64_t after = 0;
	size_t n = 1;
	enum err e = ERR_NONE;

	arena_init(&a, (size_t)64 << 20);
	while (e == ERR_NONE && n > 0) {
		arena_reset(&a);
		e = pick_fault(f, article_admin_list(k->db, &a, after, 200, &rows, &n), k->db);
		for (size_t i = 0; e == ERR_NONE && i < n; i++) {
			after = rows[i].id;
			read_address(k,
			    arena_printf(
			        &a, "/" STR_FMT "/" STR_FMT, STR_ARG(rows[i].section), STR_ARG(rows[i].slug)),
			    SEARCH_ENGINE);
		}
	}
	arena_free(&a);
	return e;
}

static void
check_image(struct leak_check *k, struct str name)
{
	struct str url;

	arena_reset(&k->arena);
	url = arena_printf(&k->arena, "%s/media/" STR_FMT, k->origin, STR_ARG(name));
	if (url.at != NULL && get(k, url.at, ANYBODY) && k->answer.status < 400)
		report(k, url.at, "image", name, STR_NONE);
}

/* LK7: images that only a paid part shows, with their smaller versions. */
static enum err
check_images(struct leak_check *k, struct fault *f)
{
	struct publish_media folder = {k->cli->config->media, k->cli->config->image_widths};
	struct media_listed *items;
	struct picture p;
	size_t n = 0;
	enum err e = pick_fault(f, media_store_list(k->db, k->cli->arena, &items, &n), k->db);

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct buf name = BUF_EMPTY;
		struct media_use use;

		arena_reset(&k->arena);
		e = pick_fault(f, media_store_use(k->db, &k->arena, items[i].name, &use), k->db);
		if (e != ERR_NONE || use.free)
			continue;
		check_image(k, items[i].name);
		(void)publish_media_look(&folder, items[i].name, &p);
		for (int kind = 0; kind < PICTURE_KINDS; kind++)
			for (size_t v = 0; v < p.made[kind].n; v++) {
				buf_clear(&name);
				picture_name(
				    &name, items[i].name, (enum picture_kind)kind, p.made[kind].widths[v]);
				check_image(k, buf_str(&name));
			}
		buf_free(&name);
	}
	return e;
}

static enum err
run(struct leak_check *k, struct fault *f)
{
	struct str path;
	enum err e = add_starts(k, f);

	while (e == ERR_NONE && crawl_next(k->crawl, &path)) {
		read_address(k, path, ANYBODY);
		if (k->read == 1 && k->unread == 1)
			return fault_set(f, ERR_BUSY, "%s cannot be read", k->origin);
		cli_progress("addresses", k->read, crawl_count(k->crawl) + 1);
	}
	cli_progress("addresses", k->read, k->read);
	if (e == ERR_NONE && crawl_failed(k->crawl))
		e = fault_set(f, ERR_MEMORY, "no memory for the addresses");
	if (e == ERR_NONE && (e = read_as_search_engine(k, f)) == ERR_NONE)
		e = check_images(k, f);
	return e;
}

static int
conclude(struct leak_check *k)
{
	static const struct cli_column columns[] = {{"url", "ADDRESS", false}, {"where", "IN", false},
	    {"article", "OF", false}, {"words", "WORDS", false}};
	size_t leaks = json_array_size(k->rows);
	bool clean = leaks == 0 && k->unread == 0 && !crawl_full(k->crawl);

	if (leaks > 0 || k->cli->json)
		(void)cli_print(k->cli, json_incref(k->rows), columns, sizeof columns / sizeof *columns);
	if (crawl_full(k->crawl))
		(void)fprintf(stderr, "poterne: there are more addresses than --max allows\n");
	if (!k->cli->json)
		printf("%zu addresses read, %zu not; %zu paid passages looked for, %zu leaks\n", k->read,
		    k->unread, passages_count(k->passages), leaks);
	return clean ? CLI_OK : CLI_REFUSED;
}

/* "https://host:port" of an address; NULL for what is none. */
static const char *
origin_of(struct cli *cli, const char *url)
{
	const char *host = strstr(url, "://");
	struct str all = str_of(url);
	size_t n;

	if ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) || host[3] == '\0')
		return NULL;
	n = (size_t)(host + 3 - url);
	n += str_find(str_slice(all, n, all.len), STR("/"));
	return arena_cstr(cli->arena, str_slice(all, 0, n));
}

int
cli_leakcheck(struct cli *cli)
{
	struct leak_check k = {.cli = cli, .rows = json_array()};
	const char *most = cli_option(cli, "--max");
	int64_t max = 100000;
	struct fault f = {""};
	int status;
	enum err e;

	if ((most != NULL && !str_to_int(str_of(most), 1, MOST_ADDRESSES, &max)) ||
	    !cli_arguments(cli, 1, 1) || (k.origin = origin_of(cli, cli->argv[0])) == NULL) {
		json_decref(k.rows);
		return cli_usage(cli);
	}
	if ((k.db = cli_database(cli, DB_ENTITLED)) == NULL) {
		json_decref(k.rows);
		return CLI_REFUSED;
	}
	arena_init(&k.arena, (size_t)64 << 20);
	k.crawl = crawl_open(k.origin, cli->config->site_url, (size_t)max);
	e = k.crawl == NULL ? ERR_MEMORY : fetch_open(&k.fetch, &f);
	if (e == ERR_NONE && (e = passages_open(&k.passages, k.db, clock_now(), &f)) == ERR_NONE)
		e = run(&k, &f);
	status = e == ERR_NONE ? conclude(&k) : cli_fail(e, &f);
	json_decref(k.rows);
	buf_free(&k.answer.head);
	buf_free(&k.answer.body);
	passages_close(k.passages);
	crawl_close(k.crawl);
	fetch_close(k.fetch);
	arena_free(&k.arena);
	db_close(k.db);
	return status;
}
