/* password.h: passwords of those who set one: Argon2id of 19 MiB and two passes, which takes about 18 ms. */
#ifndef CORE_PASSWORD_H
#define CORE_PASSWORD_H

#include "base/err.h"
#include "base/str.h"

#define PASSWORD_LEAST 8 /* bytes, exactly as typed: nothing is trimmed, folded, normalized or cut */
#define PASSWORD_MOST 1024
#define PASSWORD_HASH 128 /* room for a hash and its NUL */
#define PASSWORD_AT_ONCE 2

/* Computations run one or two at a time in the whole process, behind whoever reads; a few more wait, the rest are told
 * to come again. Their memory stays mapped, wiped after each, until none has been asked for in quiet_us. */
#define PASSWORD_QUIET_US ((int64_t)10000000)
struct password_gate;
struct password_gate *password_gate_new(int64_t quiet_us); /* NULL: no memory */
void password_gate_free(struct password_gate *gate);

enum password_flaw { PASSWORD_GOOD, PASSWORD_SHORT, PASSWORD_LONG, PASSWORD_COMMON };

/* common: sorted lines in small letters, those that begin with # left out of the search. */
enum password_flaw password_judge(struct str password, struct str common);

/* ERR_BUSY: too many are waiting; ERR_MEMORY. */
enum err password_hash(struct password_gate *gate, struct str password, char out[PASSWORD_HASH]);

/* ERR_DENIED: another password; ERR_INVALID: the hash asks for more memory or time than we ever spend, and nothing was
 * computed; ERR_BUSY. hash.len 0: does the work of a comparison and gives ERR_DENIED. *stale: the hash is weaker than
 * those made now. */
enum err password_check(struct password_gate *gate, struct str password, struct str hash, bool *stale);

#endif
