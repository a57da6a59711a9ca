/* config.c: defaults, the shipped sample, overrides, and what a slip of the hand is answered with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "format/config.h"

static struct arena arena;
static struct config config;
static struct fault fault;

static enum err
load(const char *text, const char *set, const char *value)
{
	struct config_override o = {str_of(set), str_of(value)};

	arena_reset(&arena);
	fault = (struct fault){""};
	return config_read(&config, &arena, text == NULL ? (struct str){NULL, 0} : str_of(text),
	    "poterne.conf", &o, set != NULL, &fault);
}

static void
loads(const char *text)
{
	if (load(text, NULL, NULL) != ERR_NONE)
		fail_msg("%s", fault.text);
}

static void
refuses(const char *text, const char *sentence)
{
	assert_int_equal(load(text, NULL, NULL), ERR_INVALID);
	assert_string_equal(fault.text, sentence);
}

static char *
read_whole(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (file == NULL || text == NULL)
		fail_msg("cannot read %s", path);
	assert_true(fread(text, 1, 65535, file) > 0);
	assert_int_equal(fclose(file), 0);
	return text;
}

static void
defaults_need_no_file(void **state)
{
	(void)state;
	loads(NULL);
	assert_string_equal(config.site_name, "Poterne");
	assert_string_equal(config.site_url, "http://localhost:8080");
	assert_string_equal(config.theme, "");
	assert_int_equal(config.socket_mode, 0660);
	assert_int_equal(config.cache_pages, 32 << 20);
	assert_int_equal(config.session_life_s, 180 * 86400);
	assert_int_equal(config.link_life_s, 1800);
	assert_int_equal(config.peer_uid, -1);
}

static void
file_sets_values(void **state)
{
	(void)state;
	loads("\xef\xbb\xbf# first\r\n[site]\r\n  name = L\xe2\x80\x99\xc3\x89t\xc3\xa9 \r\n tagline=\" a ; "
	      "b\" ; comment\n\n"
	      "[server]\nthreads: 8\ntimeout = 2m\npeer_uid = 33\nsocket_mode = 600\n[site] ; "
	      "again\nlanguage = pt-BR\n"
	      "[cache]\npages = 1 GiB\nfacts = 65536\n[reading]\nteaser = 3 paragraphs");
	assert_string_equal(config.site_name, "L\xe2\x80\x99\xc3\x89t\xc3\xa9");
	assert_string_equal(config.site_language, "pt-BR");
	assert_int_equal(config.threads, 8);
	assert_int_equal(config.timeout_s, 120);
	assert_int_equal(config.peer_uid, 33);
	assert_int_equal(config.socket_mode, 0600);
	assert_int_equal(config.cache_pages, 1 << 30);
	assert_int_equal(config.cache_facts, 65536);
	assert_string_equal(config.teaser, "3 paragraphs");
	loads("[site]\ntagline = \" a \"\n");
	assert_string_equal(config.site_tagline, " a ");
}

static void
FT16_unknown_names_are_refused_with_a_guess(void **state)
{
	(void)state;
	refuses(
	    "[site]\nnmae = x\n", "poterne.conf:2: unknown key \"nmae\" in [site]; did you mean \"name\"?");
	refuses("\n[sote]\nname = x\n", "poterne.conf:2: unknown section [sote]; did you mean [site]?");
	refuses(
	    "[weather]\n", "poterne.conf:1: unknown section [weather]; poterne.conf(5) lists the sections");
	refuses("[site]\nthreads = 4\n",
	    "poterne.conf:2: unknown key \"threads\" in [site]; it belongs to [server]");
	refuses("[site]\npassword = x\n",
	    "poterne.conf:2: unknown key \"password\" in [site]; poterne.conf(5) lists the "
	    "keys");
}

static void
FT16_form_is_refused_with_its_line(void **state)
{
	char text[512];

	(void)state;
	refuses("name = x\n",
	    "poterne.conf:1: \"name\" stands before any section; write [site] or another above it");
	refuses("[site]\nname\n[x]",
	    "poterne.conf:2: not a setting; write \"key = value\", \"[section]\" or \"# comment\"");
	refuses("[site\nname = x", "poterne.conf:1: a section stands alone on its line; write [name]");
	refuses("[site] name = x", "poterne.conf:1: a section stands alone on its line; write [name]");
	refuses("[site]\nname = a\n\nname = b",
	    "poterne.conf:4: \"name\" in [site] is set in line 2 already; keep one of the "
	    "two");
	refuses("[site]\nname = a\tb", "poterne.conf:2: the line holds control characters or is not UTF-8");
	refuses("[site]\nname = \xff", "poterne.conf:2: the line holds control characters or is not UTF-8");
	(void)snprintf(text, sizeof text, "[site]\nname = %0300d", 1);
	refuses(text, "poterne.conf:2: the line is longer than 199 bytes; shorten it");
	(void)snprintf(text, sizeof text, "#%0300d\n[site]\nname = x", 1);
	loads(text);
}

static void
FT16_values_are_refused_with_what_is_right(void **state)
{
	(void)state;
	refuses("[server]\nthreads = four",
	    "poterne.conf:2: [server] threads: \"four\" is not a whole number from 1 to 64");
	refuses("[server]\nthreads = 0",
	    "poterne.conf:2: [server] threads: \"0\" is not a whole number from 1 to 64");
	refuses("[reading]\nteaser = 20 %", "poterne.conf:2: [reading] teaser: \"20 %\" is not a limit; "
	                                    "write 1% to 99%, \"3 paragraphs\" or \"120 words\"");
	refuses("[server]\nlog = loud",
	    "poterne.conf:2: [server] log: \"loud\" is not a choice; write one of: error warning info debug");
	refuses(
	    "[mail]\ntls = YES", "poterne.conf:2: [mail] tls: \"YES\" is not a choice; write one of: yes no");
	refuses("[mail]\ntransport = fil",
	    "poterne.conf:2: [mail] transport: \"fil\" is not a choice; write one of: file smtp");
	refuses("[payment]\nmode = l",
	    "poterne.conf:2: [payment] mode: \"l\" is not a choice; write one of: live test");
	refuses("[server]\ntimeout = 10",
	    "poterne.conf:2: [server] timeout: \"10\" is not a duration from 1s to 5m; write a "
	    "whole number with s, m, h or d");
	refuses("[server]\nsocket_mode = 0680",
	    "poterne.conf:2: [server] socket_mode: \"0680\" is not a file mode; write one "
	    "like 0660");
	refuses("[cache]\npages = 32MB",
	    "poterne.conf:2: [cache] pages: \"32MB\" is not a size from 0 to 4GiB; write a "
	    "whole number with KiB, MiB or GiB");
	refuses("[cache]\npages = 99999999999GiB",
	    "poterne.conf:2: [cache] pages: \"99999999999GiB\" is not a size from 0 "
	    "to 4GiB; write a whole number with KiB, MiB or GiB");
	refuses("[site]\nname =",
	    "poterne.conf:2: [site] name: the value is empty; write one or take the line out");
	refuses("[site]\ntimezone = ../../etc/passwd",
	    "poterne.conf:2: [site] timezone: \"../../etc/passwd\" is not a time "
	    "zone; write one like Europe/Paris");
	refuses("[site]\nlanguage = ../fr",
	    "poterne.conf:2: [site] language: \"../fr\" is not a language; write one like fr "
	    "or en");
	refuses("[reading]\nteaser = 120",
	    "poterne.conf:2: [reading] teaser: \"120\" is not a limit; write 1% to 99%, \"3 "
	    "paragraphs\" or \"120 words\"");
	refuses("[session]\nidle = 10d\nlife = 9d",
	    "poterne.conf: [session] idle is longer than life; make it shorter");
}

static void
LG10_url_has_one_spelling(void **state)
{
	static const char *const bad[] = {"", "localhost", "ftp://a", "http://", "http:///x", "http://a/b",
	    "http://a?b", "http://a b", "http://u@a", "http://a:0", "http://a:65536",
	    "http://a:", "http://-a", "http://a..b", "http://a\"<x>", "//a", "javascript:x", "http://[::1",
	    "http://caf\xc3\xa9"};
	static const char *const good[][2] = {{"http://localhost:8080/", "http://localhost:8080"},
	    {"HTTPS://Gazette.Example", "https://gazette.example"}, {"http://[::1]:80", "http://[::1]:80"},
	    {"https://127.0.0.1///", "https://127.0.0.1"}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (load(NULL, "site.url", bad[i]) != ERR_INVALID)
			fail_msg("%s was taken", bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(load(NULL, "site.url", good[i][0]), ERR_NONE);
		assert_string_equal(config.site_url, good[i][1]);
	}
}

static void
later_places_win(void **state)
{
	char path[] = "PATH=/bin", name[] = "POTERNE_SITE_NAME=environment",
	     threads[] = "POTERNE_SERVER_THREADS=5";
	char *const environment[] = {path, name, threads, NULL};
	struct config_override *from, both[2];
	size_t n;

	(void)state;
	arena_reset(&arena);
	assert_int_equal(config_environment(&arena, environment, &from, &n, &fault), ERR_NONE);
	assert_int_equal(n, 2);
	both[0] = from[0];
	both[1] = (struct config_override){STR("site.name"), STR("flag")};
	assert_int_equal(config_read(&config, &arena, STR("[site]\nname = file\n[server]\nthreads = 2"), "f",
	                     from, n, &fault),
	    ERR_NONE);
	assert_string_equal(config.site_name, "environment");
	assert_int_equal(config.threads, 5);
	assert_int_equal(config_read(&config, &arena, STR_NONE, "f", both, 2, &fault), ERR_NONE);
	assert_string_equal(config.site_name, "flag");
}

static void
overrides_are_checked_like_lines(void **state)
{
	char slip[] = "POTERNE_SITE_NMAE=x", password[] = "POTERNE_PASSWORD=x";
	char *const unknown[] = {slip, NULL}, *const secret[] = {password, NULL};
	struct config_override *out;
	size_t n;

	(void)state;
	assert_int_equal(config_environment(&arena, unknown, &out, &n, &fault), ERR_INVALID);
	assert_string_equal(
	    fault.text, "POTERNE_SITE_NMAE: there is no such setting; did you mean POTERNE_SITE_NAME?");
	assert_int_equal(config_environment(&arena, secret, &out, &n, &fault), ERR_INVALID);
	assert_string_equal(
	    fault.text, "POTERNE_PASSWORD: there is no such setting; poterne.conf(5) lists them");
	assert_int_equal(load(NULL, "POTERNE_SERVER_THREADS", "x"), ERR_INVALID);
	assert_string_equal(
	    fault.text, "POTERNE_SERVER_THREADS: [server] threads: \"x\" is not a whole number from 1 to 64");
	assert_int_equal(load(NULL, "server.thread", "4"), ERR_INVALID);
	assert_string_equal(
	    fault.text, "--set server.thread: unknown key \"thread\" in [server]; did you mean \"threads\"?");
	assert_int_equal(load(NULL, "threads", "4"), ERR_INVALID);
	assert_string_equal(fault.text, "--set threads: write section.key=value");
	assert_int_equal(load(NULL, "serve.threads", "4"), ERR_INVALID);
	assert_string_equal(
	    fault.text, "--set serve.threads: unknown section [serve]; did you mean [server]?");
}

/* The sample with the # taken away from its settings. */
static char *
sample_in_force(void)
{
	char *text = read_whole("deploy/poterne.conf");

	for (char *c = text; *c != '\0'; c++)
		if (*c == '#' && (c == text || c[-1] == '\n') && c[1] >= 'a' && c[1] <= 'z')
			memmove(c, c + 1, strlen(c));
	return text;
}

static void
every_key_stands_in_the_sample_with_its_default(void **state)
{
	char *text = sample_in_force();
	struct config_row row;
	struct config defaults;
	char line[512];

	(void)state;
	loads(NULL);
	defaults = config;
	loads(text);
	assert_int_equal(config.session_life_s, defaults.session_life_s);
	for (size_t i = 0; config_table_row(i, &row); i++) {
		bool shared = str_starts(str_of(row.fallback), STR(POTERNE_SHARE "/"));
		const char *section;

		(void)snprintf(line, sizeof line, "\n[%s]\n", row.section);
		section = strstr(text, line);
		assert_non_null(section);
		(void)snprintf(line, sizeof line, "\n%s =%s%s%s", row.key, *row.fallback == '\0' ? "" : " ",
		    shared ? "/usr/local/share/poterne" : row.fallback,
		    shared ? row.fallback + strlen(POTERNE_SHARE) : "\n");
		if (strstr(section, line) == NULL)
			fail_msg("deploy/poterne.conf lacks%s in [%s]", line, row.section);
	}
	free(text);
}

static void
every_key_stands_in_the_manual(void **state)
{
	char *text = read_whole("man/poterne.conf.5"), line[128];
	struct config_row row;

	(void)state;
	for (size_t i = 0; config_table_row(i, &row); i++) {
		const char *section, *key, *next;

		(void)snprintf(line, sizeof line, "\n.Ss Section [%s]\n", row.section);
		section = strstr(text, line);
		if (section == NULL)
			fail_msg("man/poterne.conf.5 lacks [%s]", row.section);
		(void)snprintf(line, sizeof line, "\n.It Ic %s Ar ", row.key);
		key = strstr(section, line);
		next = strstr(section + 4, "\n.Ss ");
		if (key == NULL || (next != NULL && key > next))
			fail_msg("man/poterne.conf.5 lacks %s in [%s]", row.key, row.section);
	}
	free(text);
}

/* Whatever is done to a line: loaded, or refused with a sentence that names a place. */
static void
survives(const char *text)
{
	enum err e = load(text, NULL, NULL);

	assert_true(e == ERR_NONE || e == ERR_INVALID);
	if (e == ERR_INVALID && strncmp(fault.text, "poterne.conf:", 13) != 0)
		fail_msg("no place: %s", fault.text);
}

static void
mutate_line(const char *text, size_t from, size_t to)
{
	static const char *const instead[] = {"", "[", "]", "=", "[]", "x", "= x", "[site]", "name = \"",
	    "\x01", "\xc3", "url = http://[", "timeout = -1s", "pages = 9999999999999999999KiB", "teaser = %",
	    ":", "\""};
	size_t length = strlen(text);
	struct buf b = BUF_EMPTY;

	for (size_t i = 0; i < sizeof instead / sizeof *instead; i++) {
		buf_clear(&b);
		buf_put(&b, (struct str){text, from});
		buf_puts(&b, instead[i]);
		buf_put(&b, (struct str){text + to, length - to + 1});
		survives(b.data);
	}
	for (size_t at = from; at < to; at++) {
		static const char bytes[] = {'=', '[', ' ', '\n', '9', '\x7f', '#', ';'};

		buf_clear(&b);
		buf_put(&b, (struct str){text, length + 1});
		b.data[at] = bytes[at % sizeof bytes];
		survives(b.data);
		memmove(b.data + at, b.data + at + 1, length - at);
		survives(b.data);
	}
	assert_false(b.failed);
	buf_free(&b);
}

static void
FT16_any_line_of_the_sample_may_be_mangled(void **state)
{
	char *text = sample_in_force();
	size_t from = 0;

	(void)state;
	while (text[from] != '\0') {
		size_t to = from + strcspn(text + from, "\n");

		if (text[from] != '#')
			mutate_line(text, from, to);
		from = to + (text[to] == '\n');
	}
	free(text);
}

static int
start(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults_need_no_file),
	    cmocka_unit_test(file_sets_values),
	    cmocka_unit_test(FT16_unknown_names_are_refused_with_a_guess),
	    cmocka_unit_test(FT16_form_is_refused_with_its_line),
	    cmocka_unit_test(FT16_values_are_refused_with_what_is_right),
	    cmocka_unit_test(LG10_url_has_one_spelling),
	    cmocka_unit_test(later_places_win),
	    cmocka_unit_test(overrides_are_checked_like_lines),
	    cmocka_unit_test(every_key_stands_in_the_sample_with_its_default),
	    cmocka_unit_test(every_key_stands_in_the_manual),
	    cmocka_unit_test(FT16_any_line_of_the_sample_may_be_mangled),
	};

	return cmocka_run_group_tests_name("config", tests, start, stop);
}
