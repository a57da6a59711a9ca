/* password.c: the gate, the list of common ones, and libsodium's Argon2id behind them. */
#include "core/password.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/kept_memory.h"
#include "base/priority.h"
#include "base/token.h"
#include "base/wait.h"

/* OWASP's least: 19 MiB, two passes, one lane. */
#define MEMORY ((size_t)19 * 1024 * 1024)
#define PASSES 2
/* A stored hash may ask for so much; above it somebody wrote it to hurt. */
#define MEMORY_MOST_KIB 65536
#define PASSES_MOST 8
#define WAITING_MOST 32

/* One computation, on the stack of who waits for it. */
struct job {
	struct job *next;
	struct str password;
	char *hash; /* made, or compared with */
	bool compare, good, done;
};

/* Computing is left to threads of low priority, which touch nothing that readers wait for: a thread that held a
 * lock of the database or of a cache while it is put off would hold everybody up. */
struct password_gate {
	pthread_mutex_t lock;
	pthread_cond_t came, done;
	struct job *first, **last;
	unsigned waiting, threads, threads_most;
	bool stopping;
	int64_t quiet_us;
	pthread_t ids[PASSWORD_AT_ONCE];
};

/* Of a password that nobody knows, for addresses without one: the same work as a comparison. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$p6qCEuVlciKM//TdFNTwUQ$iqdpoAkSk7ALWe6e+ixUH8AMXbnZ5jtgT9EZgj0Yp4k";

static bool
make(struct str password, char out[PASSWORD_HASH])
{
	_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH, "a hash fits");
	return crypto_pwhash_str_alg(
	           out, password.at, password.len, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void
compute(struct job *job, struct kept_memory *kept)
{
	kept_memory_begin(kept);
	if (job->compare)
		job->good = crypto_pwhash_str_verify(job->hash, job->password.at, job->password.len) == 0;
	else
		job->good = make(job->password, job->hash);
	kept_memory_end(kept);
}

/* Until somebody comes. Memory that is not used for a while is given back, without the lock: that takes its time. */
static void
rest(struct password_gate *gate, struct kept_memory *kept)
{
	int64_t until = clock_ticks() + gate->quiet_us;

	while (gate->first == NULL && !gate->stopping)
		if (kept->at == NULL) {
			(void)pthread_cond_wait(&gate->came, &gate->lock);
		} else if (!wait_until(&gate->came, &gate->lock, until)) {
			pthread_mutex_unlock(&gate->lock);
			kept_memory_free(kept);
			pthread_mutex_lock(&gate->lock);
		}
}

/* NULL: the gate ends and nobody waits. */
static struct job *
take(struct password_gate *gate, struct kept_memory *kept)
{
	struct job *job;

	rest(gate, kept);
	job = gate->first;
	if (job == NULL)
		return NULL;
	gate->first = job->next;
	if (gate->first == NULL)
		gate->last = &gate->first;
	return job;
}

static void *
gate_main(void *arg)
{
	struct password_gate *gate = arg;
	struct kept_memory kept = {.at = NULL};
	struct job *job;

	priority_give_way();
	pthread_mutex_lock(&gate->lock);
	while ((job = take(gate, &kept)) != NULL) {
		pthread_mutex_unlock(&gate->lock);
		compute(job, &kept);
		pthread_mutex_lock(&gate->lock);
		job->done = true;
		(void)pthread_cond_broadcast(&gate->done);
	}
	pthread_mutex_unlock(&gate->lock);
	kept_memory_free(&kept);
	return NULL;
}

struct password_gate *
password_gate_new(int64_t quiet_us)
{
	struct password_gate *gate = calloc(1, sizeof *gate);

	if (gate == NULL || !wait_open(&gate->came)) {
		free(gate);
		return NULL;
	}
	gate->last = &gate->first;
	gate->quiet_us = quiet_us;
	gate->threads_most = priority_at_once(PASSWORD_AT_ONCE);
	(void)pthread_mutex_init(&gate->lock, NULL);
	(void)pthread_cond_init(&gate->done, NULL);
	return gate;
}

void
password_gate_free(struct password_gate *gate)
{
	if (gate == NULL)
		return;
	pthread_mutex_lock(&gate->lock);
	gate->stopping = true;
	(void)pthread_cond_broadcast(&gate->came);
	pthread_mutex_unlock(&gate->lock);
	for (unsigned i = 0; i < gate->threads; i++)
		(void)pthread_join(gate->ids[i], NULL);
	(void)pthread_cond_destroy(&gate->done);
	(void)pthread_cond_destroy(&gate->came);
	(void)pthread_mutex_destroy(&gate->lock);
	free(gate);
}

/* False when too many wait, or no thread can be had. Threads begin with the first job. */
static bool
run(struct password_gate *gate, struct job *job)
{
	bool taken;

	pthread_mutex_lock(&gate->lock);
	while (gate->threads < gate->threads_most &&
	       pthread_create(&gate->ids[gate->threads], NULL, gate_main, gate) == 0)
		gate->threads++;
	taken = gate->threads > 0 && gate->waiting < PASSWORD_AT_ONCE + WAITING_MOST;
	if (taken) {
		gate->waiting++;
		*gate->last = job;
		gate->last = &job->next;
		(void)pthread_cond_signal(&gate->came);
		while (!job->done)
			(void)pthread_cond_wait(&gate->done, &gate->lock);
		gate->waiting--;
	}
	pthread_mutex_unlock(&gate->lock);
	return taken;
}

/* The line around a place in the text. */
static struct str
line_at(struct str text, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && text.at[from - 1] != '\n')
		from--;
	while (to < text.len && text.at[to] != '\n')
		to++;
	return str_slice(text, from, to);
}

static bool
is_common(struct str folded, struct str common)
{
	size_t low = 0, high = common.len;

	while (low < high) {
		struct str line = line_at(common, low + (high - low) / 2);
		int order = str_cmp(folded, line);

		if (order == 0)
			return true;
		if (order < 0)
			high = (size_t)(line.at - common.at);
		else
			low = (size_t)(line.at - common.at) + line.len + 1;
	}
	return false;
}

enum password_flaw
password_judge(struct str password, struct str common)
{
	char folded[64];
	enum password_flaw flaw = PASSWORD_GOOD;
	struct str line;

	if (password.len < PASSWORD_LEAST)
		return PASSWORD_SHORT;
	if (password.len > PASSWORD_MOST)
		return PASSWORD_LONG;
	if (password.len > sizeof folded)
		return PASSWORD_GOOD;
	while (str_starts(common, STR("#")) && str_split(&common, '\n', &line))
		continue;
	for (size_t i = 0; i < password.len; i++) {
		char c = password.at[i];

		folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	if (is_common((struct str){folded, password.len}, common))
		flaw = PASSWORD_COMMON;
	token_wipe(folded, sizeof folded);
	return flaw;
}

enum err
password_hash(struct password_gate *gate, struct str password, char out[PASSWORD_HASH])
{
	struct job job = {.password = password, .hash = out};

	if (!run(gate, &job))
		return ERR_BUSY;
	return job.good ? ERR_NONE : ERR_MEMORY;
}

/* $argon2id$v=19$m=19456,t=2,p=1$…: the costs are read before anything is spent on them (LG5). */
static bool
costs_bearable(struct str hash)
{
	struct str rest = hash, part, name;
	int64_t memory = 0, passes = 0;

	for (int i = 0; i < 4; i++)
		if (!str_split(&rest, '$', &part))
			return false;
	if (!str_starts(hash, STR("$argon2id$v=19$")))
		return false;
	rest = part;
	while (str_split(&rest, ',', &part)) {
		struct str value = part;

		if (!str_split(&value, '=', &name) || value.at == NULL)
			return false;
		if (str_eq(name, STR("m")) && !str_to_int(value, 1, MEMORY_MOST_KIB, &memory))
			return false;
		if (str_eq(name, STR("t")) && !str_to_int(value, 1, PASSES_MOST, &passes))
			return false;
		if (str_eq(name, STR("p")) && !str_eq(value, STR("1")))
			return false;
	}
	return memory > 0 && passes > 0;
}

enum err
password_check(struct password_gate *gate, struct str password, struct str hash, bool *stale)
{
	char stored[PASSWORD_HASH];
	bool known = hash.len > 0 && password.len <= PASSWORD_MOST;
	struct job job = {.password = str_slice(password, 0, PASSWORD_MOST), .hash = stored, .compare = true};

	*stale = false;
	if (hash.len >= sizeof stored || (hash.len > 0 && !costs_bearable(hash)))
		return ERR_INVALID;
	(void)snprintf(stored, sizeof stored, STR_FMT, STR_ARG(known ? hash : str_of(nobody)));
	if (!run(gate, &job))
		return ERR_BUSY;
	if (!known || !job.good)
		return ERR_DENIED;
	*stale = crypto_pwhash_str_needs_rehash(stored, PASSES, MEMORY) != 0;
	return ERR_NONE;
}
