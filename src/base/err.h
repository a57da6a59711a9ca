/* err.h: what can go wrong, as a code for the program and a sentence for people. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	ERR_NONE,
	ERR_NOT_FOUND, /* the row, page or file is not there: 404 */
	ERR_CONFLICT,  /* a unique rule or a concurrent writer said no: 409 */
	ERR_INVALID,   /* the caller's input: 400 */
	ERR_DENIED,    /* not allowed: 403 */
	ERR_TOO_LARGE, /* over a stated limit: 413 */
	ERR_BUSY,      /* try again: 503 */
	ERR_MEMORY,    /* out of memory or over an arena's budget: 503 */
	ERR_FULL,      /* the disk is full or read-only: 503 for writes */
	ERR_INTERNAL,  /* ours: 500 */
	ERR_COUNT
};

/* One sentence for a person, filled where the fault is found, given context on the way up, printed once. */
struct fault {
	char text[512];
};

const char *err_name(enum err e);

/* Writes the sentence and returns e, so that a function can end with it. f may be NULL. Long text is cut. */
enum err fault_set(struct fault *f, enum err e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " before the sentence already there and returns e. f may be NULL. */
enum err fault_context(struct fault *f, enum err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
