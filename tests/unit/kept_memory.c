/* kept_memory.c: hashes are the same with memory that stays mapped, and nothing of them stays in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/kept_memory.h"
#include "base/token.h"

#define COST ((size_t)19 << 20)
#define LARGE (KEPT_MOST + 1024)

/* Sanitizers see every mapping: then nothing is kept. */
#ifdef POTERNE_SANITIZED
#define SANITIZED true
#else
#define SANITIZED false
#endif
#define NEEDS_KEEPING()         \
	do {                    \
		(void)state;    \
		if (SANITIZED)  \
			skip(); \
	} while (0)

static bool
hash(struct kept_memory *kept, const char *password, size_t memory, uint8_t out[32])
{
	static const uint8_t salt[crypto_pwhash_SALTBYTES] = "sel de la mer";
	bool ok;

	if (kept != NULL)
		kept_memory_begin(kept);
	ok = crypto_pwhash(
	         out, 32, password, strlen(password), salt, 2, memory, crypto_pwhash_ALG_ARGON2ID13) == 0;
	if (kept != NULL)
		kept_memory_end(kept);
	return ok;
}

static void
assert_zeros(const struct kept_memory *kept)
{
	assert_true(kept->size > 0 && sodium_is_zero(kept->at, kept->size));
}

static void
LG4_hashes_are_the_same(void **state)
{
	static const size_t costs[] = {COST, 8192, COST / 2, LARGE, COST};
	struct kept_memory kept = {.at = NULL};
	uint8_t with[32], without[32];

	(void)state;
	for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
		assert_true(hash(NULL, "quatre mots", costs[i], without));
		assert_true(hash(&kept, "quatre mots", costs[i], with));
		assert_memory_equal(with, without, 32);
		assert_true(hash(&kept, "autres mots", costs[i], with));
		assert_memory_not_equal(with, without, 32);
	}
	kept_memory_free(&kept);
}

/* Also fails when a new libsodium takes its memory in another way: then all works, but nothing is kept. */
static void
LG3_memory_stays_and_is_wiped(void **state)
{
	struct kept_memory kept = {.at = NULL};
	uint8_t out[32];
	void *first;

	NEEDS_KEEPING();
	assert_true(hash(&kept, "quatre mots", COST, out));
	assert_non_null(first = kept.at);
	assert_true(kept.size >= COST && kept.lent == 0);
	assert_zeros(&kept);
	for (int i = 0; i < 3; i++) {
		assert_true(hash(&kept, "quatre mots", i == 1 ? COST / 2 : COST, out));
		assert_ptr_equal(kept.at, first);
		assert_zeros(&kept);
	}
	kept_memory_free(&kept);
	assert_null(kept.at);
	assert_int_equal(msync(first, 4096, MS_ASYNC), -1); /* not mapped */
}

static void *
map(size_t size, int protection, int flags)
{
	void *at = mmap(NULL, size, protection, flags, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	return at;
}

static void
only_such_mappings_are_kept(void **state)
{
	const int plain = MAP_PRIVATE | MAP_ANONYMOUS, both = PROT_READ | PROT_WRITE;
	struct kept_memory kept = {.at = NULL};
	void *at, *other;

	NEEDS_KEEPING();
	assert_int_equal(munmap(map(4096, both, plain), 4096), 0); /* out of any call */
	kept_memory_begin(&kept);
	assert_int_equal(munmap(map(4096, PROT_READ, plain), 4096), 0);
	assert_int_equal(munmap(map(4096, both, MAP_SHARED | MAP_ANONYMOUS), 4096), 0);
	assert_int_equal(munmap(map(LARGE, both, plain), LARGE), 0);
	assert_ptr_equal(mmap(NULL, 0, both, plain, -1, 0), MAP_FAILED);
	assert_null(kept.at);
	at = map(8192, both, plain);
	other = map(8192, both, plain); /* while the first is lent */
	assert_ptr_equal(kept.at, at);
	assert_ptr_not_equal(other, at);
	assert_int_equal(munmap(other, 8192), 0);
	memset(at, 'x', 8192);
	assert_int_equal(munmap(at, 8192), 0);
	assert_zeros(&kept);
	kept_memory_end(&kept);
	kept_memory_free(&kept);
}

static void
what_is_not_given_back_is_not_ours(void **state)
{
	struct kept_memory kept = {.at = NULL};
	char *at;

	NEEDS_KEEPING();
	kept_memory_begin(&kept);
	at = map(16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
	assert_int_equal(munmap(at + 8192, 8192), 0); /* a part of it */
	kept_memory_end(&kept);
	assert_null(kept.at);
	memset(at, 'x', 8192);
	assert_int_equal(munmap(at, 8192), 0);
	kept_memory_free(&kept);
}

static rlim_t
mapped_now(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	(void)fclose(f);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void
without_memory_a_hash_fails_and_the_next_one_does_not(void **state)
{
	struct kept_memory kept = {.at = NULL};
	struct rlimit old, tight;
	uint8_t out[32];

	NEEDS_KEEPING();
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	tight = (struct rlimit){mapped_now() + ((rlim_t)4 << 20), old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
	assert_false(hash(&kept, "quatre mots", COST, out));
	assert_null(kept.at);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_true(hash(&kept, "quatre mots", COST, out));
	tight.rlim_cur = mapped_now() + ((rlim_t)4 << 20);
	assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
	assert_true(hash(&kept, "quatre mots", COST, out)); /* what is kept is there already */
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	kept_memory_free(&kept);
}

struct hasher {
	const char *password;
	uint8_t expected[32];
	int wrong;
};

static void *
hash_often(void *arg)
{
	struct hasher *h = arg;
	struct kept_memory kept = {.at = NULL};
	uint8_t out[32];

	for (int i = 0; i < 5; i++)
		h->wrong += !hash(&kept, h->password, COST, out) || memcmp(out, h->expected, 32) != 0 ? 1 : 0;
	kept_memory_free(&kept);
	return NULL;
}

static void
LG4_two_threads_at_once(void **state)
{
	struct hasher hashers[2] = {{.password = "quatre mots"}, {.password = "autres mots"}};
	pthread_t ids[2];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_true(hash(NULL, hashers[i].password, COST, hashers[i].expected));
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&ids[i], NULL, hash_often, &hashers[i]), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(ids[i], NULL), 0);
		assert_int_equal(hashers[i].wrong, 0);
	}
}

static int
set_up(void **state)
{
	(void)state;
	return token_start() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(LG4_hashes_are_the_same),
	    cmocka_unit_test(LG3_memory_stays_and_is_wiped),
	    cmocka_unit_test(only_such_mappings_are_kept),
	    cmocka_unit_test(what_is_not_given_back_is_not_ours),
	    cmocka_unit_test(without_memory_a_hash_fails_and_the_next_one_does_not),
	    cmocka_unit_test(LG4_two_threads_at_once),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
