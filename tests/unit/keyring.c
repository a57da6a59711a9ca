/* keyring.c: rotation without logging anyone out, and every state of the key folder that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/token.h"
#include "core/key_file.h"
#include "core/lasting.h"
#include "core/seal.h"
#include "format/paseto.h"

#define SITE STR("https://lagazette.example")
#define NOW ((int64_t)1800000000)

struct place {
	char root[64], keys[96];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	(void)snprintf(p->root, sizeof p->root, "/tmp/keyring.XXXXXX");
	if (mkdtemp(p->root) == NULL)
		return -1;
	(void)snprintf(p->keys, sizeof p->keys, "%s/keys", p->root);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char command[128];

	(void)snprintf(command, sizeof command, "rm -rf %s", p->root);
	if (system(command) != 0)
		return -1;
	free(p);
	return 0;
}

static void
path_of(const struct place *p, const char *kid, char out[256])
{
	(void)snprintf(out, 256, "%s/%s.key", p->keys, kid);
}

static struct keyring *
loaded(const struct place *p)
{
	struct keyring *ring;
	struct fault f = {""};

	if (keyring_load(&ring, p->keys, &f) != ERR_NONE)
		fail_msg("%s", f.text);
	return ring;
}

static void
refused(const struct place *p, enum err want, const char *says)
{
	struct fault f = {""};
	struct keyring *ring;

	assert_int_equal(keyring_load(&ring, p->keys, &f), want);
	assert_null(ring);
	if (strstr(f.text, says) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", f.text, says);
}

static void
new_key(const struct place *p, char kid[PASETO_KID + 1])
{
	struct fault f = {""};

	if (keyring_create(p->keys, NOW, kid, &f) != ERR_NONE)
		fail_msg("%s", f.text);
}

/* Writes a file whole, with a mode. */
static void
put_file(const char *path, const char *text, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	(void)close(fd);
}

static size_t
get_file(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, out, size - 1);

	assert_true(n >= 0);
	out[n] = '\0';
	(void)close(fd);
	return (size_t)n;
}

static void
FT17_missing_folder_or_key_is_never_made(void **state)
{
	struct place *p = *state;

	refused(p, ERR_NOT_FOUND, "there is no key folder");
	assert_int_equal(access(p->keys, F_OK), -1);
	assert_int_equal(mkdir(p->keys, 0700), 0);
	refused(p, ERR_NOT_FOUND, "holds no key in use");
	refused(p, ERR_NOT_FOUND, "poterne key new");
}

static void
FT17_wrong_modes_and_owners(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1], path[256], other[256];

	new_key(p, kid);
	path_of(p, kid, path);
	for (mode_t bit = 1; bit <= 0100; bit <<= 1) {
		assert_int_equal(chmod(path, 0600 | bit), 0);
		refused(p, ERR_DENIED, "chmod 600");
	}
	assert_int_equal(chmod(path, 0400), 0);
	keyring_release(loaded(p));
	for (mode_t bit = 1; bit < 0100; bit <<= 1) {
		assert_int_equal(chmod(p->keys, 0700 | bit), 0);
		refused(p, ERR_DENIED, "chmod 700");
	}
	assert_int_equal(chmod(p->keys, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 4242, 4242), 0);
		refused(p, ERR_DENIED, "belongs to user id 4242");
		assert_int_equal(chown(path, 0, 0), 0);
	}
	(void)snprintf(other, sizeof other, "%s/elsewhere", p->root);
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(symlink(other, path), 0);
	refused(p, ERR_DENIED, strerror(ELOOP));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	refused(p, ERR_DENIED, "chmod 600");
}

static void
FT17_other_users_folder(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1];

	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	new_key(p, kid);
	assert_int_equal(chmod(p->root, 0755), 0);
	assert_int_equal(seteuid(65534), 0);
	refused(p, ERR_DENIED, strerror(EACCES));
	assert_int_equal(seteuid(0), 0);
}

/* Root's new keys are the service user's, so that the daemon can read them. */
static void
FT17_root_makes_keys_for_the_owner(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1], path[256];
	struct stat st;

	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	assert_int_equal(chown(p->root, 4242, 4242), 0);
	new_key(p, kid);
	assert_int_equal(stat(p->keys, &st), 0);
	assert_int_equal(st.st_uid, 4242);
	assert_int_equal(st.st_mode & 07777, 0700);
	path_of(p, kid, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 4242);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chown(p->root, 0, 0), 0);
}

/* Whoever checks a configuration as root before the first start leaves nothing that the daemon cannot read. */
static void
FT17_root_makes_the_lasting_secret_for_the_owner(void **state)
{
	struct place *p = *state;
	struct lasting made, again;
	struct fault f = {""};
	char path[256];
	struct stat st;

	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	assert_int_equal(chown(p->root, 4242, 4242), 0);
	assert_int_equal(lasting_load(p->keys, &made, &f), ERR_NONE);
	(void)snprintf(path, sizeof path, "%s/" LASTING_FILE, p->keys);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 4242);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(lasting_load(p->keys, &again, &f), ERR_NONE);
	assert_memory_equal(made.key, again.key, sizeof made.key);
	assert_int_equal(chown(p->root, 0, 0), 0);
}

/* Every truncation, every flipped bit of the text: either refused or, never, another key. */
static void
FT17_damaged_file(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1], path[256], text[512], damaged[600];
	size_t n;

	new_key(p, kid);
	path_of(p, kid, path);
	n = get_file(path, text, sizeof text);
	put_file(path, "", 0, 0600);
	refused(p, ERR_INVALID, "is empty");
	for (size_t len = 1; len < n; len++) {
		put_file(path, text, len, 0600);
		refused(p, ERR_INVALID, "not a whole key");
	}
	for (size_t bit = 0; bit < 8 * n; bit++) {
		struct keyring *ring;
		bool in_created = bit / 8 >= strcspn(text, "c") &&
		                  strstr(text, "created ") + 8 <= text + bit / 8 &&
		                  text + bit / 8 < strstr(text, "\nkey");

		memcpy(damaged, text, n);
		damaged[bit / 8] = (char)(damaged[bit / 8] ^ (1 << (bit % 8)));
		put_file(path, damaged, n, 0600);
		if (keyring_load(&ring, p->keys, NULL) == ERR_NONE) {
			assert_true(in_created); /* another date is a date */
			keyring_release(ring);
		}
	}
	(void)snprintf(damaged, sizeof damaged, "%sx\n", text);
	put_file(path, damaged, strlen(damaged), 0600);
	refused(p, ERR_INVALID, "not a whole key");
	(void)snprintf(damaged, sizeof damaged,
	    "poterne key 1\nkid %s\ncreated 2026-01-01T00:00:00Z\nretired ?\n%s", kid,
	    strstr(text, "key k4"));
	put_file(path, damaged, strlen(damaged), 0600);
	refused(p, ERR_INVALID, "not a whole key");
	memset(damaged, 'A', sizeof damaged);
	put_file(path, damaged, sizeof damaged, 0600);
	refused(p, ERR_INVALID, "not a whole key");
	put_file(path, text, n, 0600);
	keyring_release(loaded(p));
}

static void
FT17_file_under_another_name(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1], path[256], other[256];

	new_key(p, kid);
	path_of(p, kid, path);
	(void)snprintf(other, sizeof other, "%s/copy.key", p->keys);
	assert_int_equal(rename(path, other), 0);
	refused(p, ERR_INVALID, "give it its own name back");
	assert_int_equal(rename(other, path), 0);
	(void)snprintf(other, sizeof other, "%s/.%s.key.new", p->keys, kid); /* of a writer that died */
	put_file(other, "half", 4, 0644);
	(void)snprintf(other, sizeof other, "%s/README", p->keys);
	put_file(other, "ours", 4, 0644);
	keyring_release(loaded(p));
}

static bool
opens(const struct keyring *ring, struct str token)
{
	char out[64];
	size_t n;

	return seal_open(ring, SEAL_SESSION, SITE, token, out, sizeof out, &n) == ERR_NONE && n == 5 &&
	       memcmp(out, "hello", 5) == 0;
}

static struct str
sealed(const struct keyring *ring, char out[PASETO_TEXT + 1])
{
	assert_true(seal_make(ring, SEAL_SESSION, SITE, STR("hello"), out, PASETO_TEXT + 1));
	return str_of(out);
}

static void
SE9_FT18_rotation_logs_nobody_out(void **state)
{
	struct place *p = *state;
	char first[PASETO_KID + 1], second[PASETO_KID + 1], old_text[PASETO_TEXT + 1],
	    new_text[PASETO_TEXT + 1];
	struct keyring *before, *between, *after;
	struct str old_token, new_token;
	char out[64];
	size_t n;

	new_key(p, first);
	before = loaded(p);
	old_token = sealed(before, old_text);
	assert_false(keyring_is_stale(before, p->keys));
	new_key(p, second);
	assert_true(keyring_is_stale(before, p->keys));
	between = loaded(p);
	new_token = sealed(between, new_text);
	assert_true(opens(between, old_token));
	assert_true(opens(between, new_token));
	assert_int_equal(
	    seal_open(before, SEAL_SESSION, SITE, new_token, out, sizeof out, &n), ERR_NOT_FOUND);
	assert_int_equal(keyring_count(between), 2);
	assert_string_equal(keyring_at(between, 0)->kid, second);
	assert_int_equal(keyring_at(between, 0)->state, KEY_SIGNING);
	assert_int_equal(keyring_at(between, 1)->state, KEY_ACCEPTED);
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW + 5, NULL), ERR_NONE);
	after = loaded(p);
	assert_int_equal(seal_open(after, SEAL_SESSION, SITE, old_token, out, sizeof out, &n), ERR_NOT_FOUND);
	assert_true(opens(after, new_token));
	assert_int_equal(keyring_at(after, 1)->state, KEY_RETIRED);
	assert_int_equal(keyring_at(after, 1)->retired_at, NOW + 5);
	keyring_release(before);
	keyring_release(between);
	keyring_release(after);
}

/* The clock went back between two keys: the newer one signs all the same. */
static void
SE9_newest_signs_whatever_the_clock(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1], last[PASETO_KID + 1];
	struct keyring *ring;

	for (int i = 0; i < 5; i++)
		assert_int_equal(keyring_create(p->keys, NOW - i * 100, i == 4 ? last : kid, NULL), ERR_NONE);
	ring = loaded(p);
	assert_string_equal(keyring_at(ring, 0)->kid, last);
	for (size_t i = 1; i < keyring_count(ring); i++)
		assert_true(keyring_at(ring, i - 1)->created_at > keyring_at(ring, i)->created_at);
	keyring_release(ring);
}

static void
SE9_retired_key_leaves_its_file(void **state)
{
	struct place *p = *state;
	char first[PASETO_KID + 1], second[PASETO_KID + 1], path[256], text[512];
	struct fault f = {""};

	new_key(p, first);
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW, &f), ERR_CONFLICT);
	assert_non_null(strstr(f.text, "poterne key new"));
	new_key(p, second);
	assert_int_equal(keyring_retire(p->keys, str_of(second), NOW, &f), ERR_CONFLICT);
	assert_int_equal(keyring_retire(p->keys, STR("k4.lid.none"), NOW, &f), ERR_NOT_FOUND);
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW, &f), ERR_NONE);
	path_of(p, first, path);
	(void)get_file(path, text, sizeof text);
	assert_null(strstr(text, "k4.local"));
	assert_non_null(strstr(text, "retired 2027-01-15T08:00:00Z"));
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW, &f), ERR_CONFLICT);
	path_of(p, second, path);
	assert_int_equal(unlink(path), 0);
	refused(p, ERR_NOT_FOUND, "holds no key in use");
}

/* Every purpose at every other, and another site. */
static void
SE2_purposes_and_sites_are_apart(void **state)
{
	struct place *p = *state;
	uint8_t secrets[SEAL_COUNT][PASETO_KEY];
	char kid[PASETO_KID + 1], text[PASETO_TEXT + 1], out[64];
	struct keyring *ring;
	size_t n;

	new_key(p, kid);
	ring = loaded(p);
	for (int made = 0; made < SEAL_COUNT; made++) {
		assert_true(seal_make(ring, (enum seal_purpose)made, SITE, STR("hello"), text, sizeof text));
		for (int asked = 0; asked < SEAL_COUNT; asked++)
			assert_int_equal(seal_open(ring, (enum seal_purpose)asked, SITE, str_of(text), out,
			                     sizeof out, &n),
			    asked == made ? ERR_NONE : ERR_DENIED);
		assert_int_equal(seal_open(ring, (enum seal_purpose)made, STR("https://lagazette.exampl"),
		                     str_of(text), out, sizeof out, &n),
		    ERR_DENIED);
		seal_secret(ring, (enum seal_purpose)made, secrets[made]);
		for (int other = 0; other < made; other++)
			assert_memory_not_equal(secrets[made], secrets[other], PASETO_KEY);
	}
	keyring_release(ring);
}

/* Only {"kid":"k4.lid…"} of a key in use leads anywhere, and then the MAC decides. */
static void
SE9_footer_is_untrusted(void **state)
{
	static const char *const footers[] = {"{}", "{\"kid\":1}", "{\"kid\":\"x\"}",
	    "{\"kid\":\"%s\",\"a\":1}", "{\"kid\":\"%s\",\"kid\":\"%s\"}", "{\"KID\":\"%s\"}", "%s",
	    "[\"%s\"]", "{\"kid\":\"%s\"}{}", "{\"kid\":{\"kid\":\"%s\"}}", "{\"kid\":\"k4.lid.\"}", ""};
	static const uint8_t key[PASETO_KEY], nonce[PASETO_NONCE];
	struct place *p = *state;
	char kid[PASETO_KID + 1], footer[256], text[PASETO_TEXT + 1], out[64], long_site[600];
	struct keyring *ring;
	size_t n;

	new_key(p, kid);
	ring = loaded(p);
	for (size_t i = 0; i < sizeof footers / sizeof *footers; i++) {
		const char *hole = strstr(footers[i], "%s");

		(void)snprintf(footer, sizeof footer, "%.*s%s%s",
		    hole == NULL ? 200 : (int)(hole - footers[i]), footers[i], hole == NULL ? "" : kid,
		    hole == NULL ? "" : hole + 2);
		assert_true(
		    paseto_seal(key, nonce, STR("hello"), str_of(footer), STR_NONE, text, sizeof text));
		assert_int_equal(
		    seal_open(ring, SEAL_SESSION, SITE, str_of(text), out, sizeof out, &n), ERR_INVALID);
	}
	(void)snprintf(footer, sizeof footer, "{\"kid\":\"%s\"}", kid); /* our key's name, another key */
	assert_true(paseto_seal(key, nonce, STR("hello"), str_of(footer), STR_NONE, text, sizeof text));
	assert_int_equal(seal_open(ring, SEAL_SESSION, SITE, str_of(text), out, sizeof out, &n), ERR_DENIED);
	memset(long_site, 'a', sizeof long_site);
	assert_false(
	    seal_make(ring, SEAL_SESSION, (struct str){long_site, 600}, STR("x"), text, sizeof text));
	assert_int_equal(
	    seal_open(ring, SEAL_SESSION, (struct str){long_site, 600}, str_of(text), out, sizeof out, &n),
	    ERR_INVALID);
	keyring_release(ring);
}

static void
FT22_without_descriptors_nothing_changes(void **state)
{
	struct place *p = *state;
	struct rlimit none = {0, 0}, was;
	char kid[PASETO_KID + 1], other[PASETO_KID + 1];
	struct fault f = {""};
	struct keyring *ring;

	new_key(p, kid);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	none.rlim_cur = 4; /* the folder can be opened, the file in it not */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_not_equal(keyring_create(p->keys, NOW, other, &f), ERR_NONE);
	assert_int_not_equal(keyring_load(&ring, p->keys, &f), ERR_NONE);
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(keyring_load(&ring, p->keys, &f), ERR_DENIED);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	ring = loaded(p);
	assert_int_equal(keyring_count(ring), 1);
	keyring_release(ring);
	keyring_release(NULL);
}

static size_t
count_files(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	(void)closedir(dir);
	return n - 2;
}

/* What cannot be written whole is not there at all, and what was there stays. */
static void
FT3_nothing_half_written(void **state)
{
	struct place *p = *state;
	struct rlimit none = {0, 0}, was;
	char first[PASETO_KID + 1], second[PASETO_KID + 1], other[PASETO_KID + 1];
	struct fault f = {""};
	struct keyring *ring;

	new_key(p, first);
	new_key(p, second);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	none.rlim_max = was.rlim_max;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(keyring_create(p->keys, NOW, other, &f), ERR_DENIED);
	assert_int_equal(keyring_retire(p->keys, str_of(first), NOW, NULL), ERR_DENIED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_non_null(strstr(f.text, "cannot write key file"));
	assert_int_equal(count_files(p->keys), 2);
	ring = loaded(p);
	assert_int_equal(keyring_at(ring, 1)->state, KEY_ACCEPTED);
	keyring_release(ring);
}

static void
FT17_folder_that_cannot_be(void **state)
{
	struct place *p = *state;
	char kid[PASETO_KID + 1];
	struct fault f = {""};

	(void)snprintf(p->keys, sizeof p->keys, "%s/none/keys", p->root);
	assert_int_equal(keyring_create(p->keys, NOW, kid, &f), ERR_DENIED);
	assert_non_null(strstr(f.text, "cannot make key folder"));
	assert_int_equal(keyring_retire(p->keys, STR("k4.lid.x"), NOW, &f), ERR_NOT_FOUND);
	(void)snprintf(p->keys, sizeof p->keys, "%s/file", p->root);
	put_file(p->keys, "x", 1, 0600);
	assert_int_equal(keyring_create(p->keys, NOW, kid, &f), ERR_DENIED);
	refused(p, ERR_DENIED, strerror(ENOTDIR));
}

int
main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(FT17_missing_folder_or_key_is_never_made),
	    CASE(FT17_wrong_modes_and_owners),
	    CASE(FT17_other_users_folder),
	    CASE(FT17_root_makes_keys_for_the_owner),
	    CASE(FT17_root_makes_the_lasting_secret_for_the_owner),
	    CASE(FT17_damaged_file),
	    CASE(FT17_file_under_another_name),
	    CASE(SE9_FT18_rotation_logs_nobody_out),
	    CASE(SE9_newest_signs_whatever_the_clock),
	    CASE(SE9_retired_key_leaves_its_file),
	    CASE(SE2_purposes_and_sites_are_apart),
	    CASE(SE9_footer_is_untrusted),
	    CASE(FT22_without_descriptors_nothing_changes),
	    CASE(FT3_nothing_half_written),
	    CASE(FT17_folder_that_cannot_be),
	};

	if (!token_start())
		return 1;
	return cmocka_run_group_tests_name("keyring", tests, NULL, NULL);
}
