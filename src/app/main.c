/* main.c: reads the command line down to its verb. */
#include <stdlib.h>
#include <string.h>

#include "app/boot.h"
#include "app/cli.h"
#include "app/resize_vips.h"
#include "app/verbs.h"
#include "base/token.h"

static const struct verb {
	const char *name, *usage;
	int (*run)(struct cli *cli);
} verbs[] = {
    {"serve", "serve [--check-config]", cli_serve},
    {"work", "work [--once]", cli_work},
    {"migrate", "migrate [--status] [--dry-run] [DIR]", cli_migrate},
    {"article",
        "article import PATH… | list | show SLUG | publish SLUG [--at TIME] | unpublish SLUG | preview SLUG "
        "[--link] "
        "| remove SLUG | correct SLUG NOTE | history SLUG [--show ID]",
        cli_article},
    {"subscriber",
        "subscriber add EMAIL | list | show EMAIL | grant EMAIL PLAN --until DATE | revoke EMAIL | export "
        "EMAIL "
        "| erase EMAIL | import FILE.csv | undo BATCH",
        cli_subscriber},
    {"institution",
        "institution add NAME | grant | end | paid | suspend | resume | domain | network | contact | seat | "
        "list"
        " | show INSTITUTION | import seats|networks FILE.csv | undo BATCH | networks",
        cli_institution},
    {"session", "session issue EMAIL [--link] [--label TEXT] | list EMAIL | revoke EMAIL [ID]", cli_session},
    {"access", "access explain EMAIL|- URL [--at TIME] [--ip ADDR]", cli_access},
    {"newsletter",
        "newsletter list | send FILE.md --list LIST [--test EMAIL] [--dry-run] | send --cancel ID | add "
        "EMAIL --list "
        "LIST [--basis opt-in|customer|b2b] | remove EMAIL --list LIST",
        cli_newsletter},
    {"consent", "consent prove EMAIL", cli_consent},
    {"payment", "payment list [--state STATE] | replay EVENT… | report | import EXPORT.csv", cli_payment},
    {"key", "key list | new | retire KID", cli_key},
    {"page", "page import [--footer] FILE.md… | list | remove SLUG", cli_page},
    {"media", "media versions", cli_media},
    {"theme", "theme check [FOLDER]", cli_theme},
    {"stats", "stats [--days N] [--articles N]", cli_stats},
    {"staff", "staff add EMAIL | remove EMAIL", cli_staff},
    {"backup", "backup FILE", cli_backup},
    {"check", "check", cli_check},
    {"leakcheck", "leakcheck [--max N] URL", cli_leakcheck},
    {"mailcheck", "mailcheck [--selector NAME] [--dns ADDRESS] [DOMAIN]", cli_mailcheck},
};

#define SETS_MAX 64
#define ARENA_BYTES ((size_t)256 * 1024 * 1024)

struct globals {
	const char *config_file;
	struct str sets[SETS_MAX];
	size_t set_count;
	bool json;
};

static int
print_usage(FILE *to)
{
	(void)fprintf(to, "usage: poterne [--config FILE] [--set SECTION.KEY=VALUE] [--json] VERB …\n\n");
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		(void)fprintf(to, "  %s\n", verbs[i].usage);
	(void)fprintf(to, "\nEvery verb is described in poterne(1), every setting in poterne.conf(5).\n");
	return to == stdout ? CLI_OK : CLI_USAGE;
}

/* Options before the verb; --json anywhere. Returns the index of the verb, argc when there is none, -1 when refused. */
static int
read_globals(int argc, char **argv, struct globals *g)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && strcmp(argv[i], "--help") != 0 &&
	       strcmp(argv[i], "--version") != 0) {
		bool has_value = i + 1 < argc;

		if (strcmp(argv[i], "--json") == 0) {
			g->json = true;
			i++;
		} else if (strcmp(argv[i], "--config") == 0 && has_value) {
			g->config_file = argv[i + 1];
			i += 2;
		} else if (strncmp(argv[i], "--config=", 9) == 0) {
			g->config_file = argv[i++] + 9;
		} else if (strcmp(argv[i], "--set") == 0 && has_value && g->set_count < SETS_MAX) {
			g->sets[g->set_count++] = str_of(argv[i + 1]);
			i += 2;
		} else {
			(void)fprintf(
			    stderr, "poterne: %s: no such option, or its value is missing\n", argv[i]);
			return -1;
		}
	}
	return i;
}

static int
run_verb(const struct verb *verb, struct globals *g, int argc, char **argv)
{
	struct arena arena;
	struct fault f = {""};
	struct config config;
	struct cli cli = {
	    .config = &config, .arena = &arena, .argc = argc, .argv = argv, .usage = verb->usage};
	int status;

	arena_init(&arena, ARENA_BYTES);
	cli.json = cli_flag(&cli, "--json") || g->json;
	cli.config_file = g->config_file;
	cli.sets = g->sets;
	cli.set_count = g->set_count;
	if (boot_config(&config, &arena, g->config_file, g->sets, g->set_count, &f) == ERR_NONE) {
		status = verb->run(&cli);
	} else {
		(void)cli_fail(ERR_INVALID, &f);
		status = CLI_CONFIG;
	}
	arena_free(&arena);
	return status;
}

int
main(int argc, char **argv)
{
	struct globals g = {.config_file = NULL};
	int at;

	if (argc > 1 && strcmp(argv[1], "resize") == 0) /* our own other process */
		return resize_vips(argc - 2, argv + 2);
	if (!token_start()) {
		(void)fprintf(stderr, "poterne: libsodium does not start\n");
		return CLI_REFUSED;
	}
	at = read_globals(argc, argv, &g);
	if (at > 0 && at < argc && (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "help") == 0))
		return print_usage(stdout);
	if (at > 0 && at < argc && strcmp(argv[at], "--version") == 0)
		return printf("poterne %s\n", POTERNE_VERSION) < 0 ? CLI_REFUSED : CLI_OK;
	/* A CGI server starts us without arguments: one request is waiting in the environment. */
	if (at == argc && getenv("GATEWAY_INTERFACE") != NULL)
		return run_verb(&verbs[0], &g, 0, argv + argc);
	for (size_t i = 0; at > 0 && at < argc && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(argv[at], verbs[i].name) == 0)
			return run_verb(&verbs[i], &g, argc - at - 1, argv + at + 1);
	if (at > 0 && at < argc)
		(void)fprintf(stderr, "poterne: %s: no such verb\n", argv[at]);
	return print_usage(stderr);
}
