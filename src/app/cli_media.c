/* cli_media.c: poterne media versions: what an import does for its own images, for those that were there before. */
#include <string.h>

#include "app/cli.h"
#include "app/verbs.h"
#include "app/versions.h"
#include "base/file.h"
#include "core/publish.h"
#include "store/media_store.h"

static bool
make_for(struct cli *cli, struct versions *v, const struct media_listed *item)
{
	struct arena scratch;
	struct image image;
	struct picture p;
	struct str path, bytes;
	bool made = false;

	arena_init(&scratch, IMAGE_MAX + 65536);
	path = arena_printf(&scratch, "%s/" STR_FMT, cli->config->media, STR_ARG(item->name));
	if (path.at != NULL && file_read(&scratch, path.at, IMAGE_MAX, &bytes, NULL) == ERR_NONE &&
	    image_read(bytes, &image, NULL) == ERR_NONE) {
		p = (struct picture){.width = image.width, .height = image.height};
		made = versions_make(v, cli->config->media, item->name, image.kind, item->lead, &p);
	}
	arena_free(&scratch);
	return made;
}

static int
make_versions(struct cli *cli)
{
	struct db *db = cli_database(cli, DB_WRITER);
	struct versions v = {.config = cli->config};
	struct media_listed *items = NULL;
	struct fault f = {""};
	size_t n = 0, made = 0;
	enum err e;

	if (db == NULL)
		return CLI_REFUSED;
	e = media_store_list(db, cli->arena, &items, &n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		if (make_for(cli, &v, &items[i])) {
			made++;
			e = media_store_stale(db, items[i].name);
		}
		cli_progress("images", i + 1, n);
	}
	if (e != ERR_NONE)
		(void)fault_set(&f, e, "%s", db_message(db));
	else if (made > 0)
		e = publish_stale(db, cli->config, &f);
	db_close(db);
	if (e != ERR_NONE)
		return cli_fail(e, &f);
	printf("%zu images, %zu with new versions\n", n, made);
	return v.no_library ? CLI_REFUSED : CLI_OK;
}

int
cli_media(struct cli *cli)
{
	if (!cli_arguments(cli, 1, 1) || strcmp(cli->argv[0], "versions") != 0)
		return cli_usage(cli);
	return make_versions(cli);
}
