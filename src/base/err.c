/* err.c: error names and fault sentences. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const err_names[] = {
    [ERR_NONE] = "none",
    [ERR_NOT_FOUND] = "not found",
    [ERR_CONFLICT] = "conflict",
    [ERR_INVALID] = "invalid",
    [ERR_DENIED] = "denied",
    [ERR_TOO_LARGE] = "too large",
    [ERR_BUSY] = "busy",
    [ERR_MEMORY] = "out of memory",
    [ERR_FULL] = "disk full",
    [ERR_INTERNAL] = "internal",
};
_Static_assert(sizeof err_names / sizeof *err_names == ERR_COUNT, "name every error");

const char *
err_name(enum err e)
{
	return (unsigned)e < ERR_COUNT ? err_names[e] : "unknown";
}

enum err
fault_set(struct fault *f, enum err e, const char *fmt, ...)
{
	va_list ap;

	if (f == NULL)
		return e;
	va_start(ap, fmt);
	if (vsnprintf(f->text, sizeof f->text, fmt, ap) < 0)
		f->text[0] = '\0';
	va_end(ap);
	return e;
}

enum err
fault_context(struct fault *f, enum err e, const char *fmt, ...)
{
	char inner[sizeof f->text];
	va_list ap;
	int n;

	if (f == NULL)
		return e;
	memcpy(inner, f->text, sizeof inner);
	va_start(ap, fmt);
	n = vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n + 3 < sizeof f->text)
		(void)snprintf(f->text + n, sizeof f->text - (size_t)n, ": %.*s",
		    (int)(sizeof inner - (size_t)n - 3), inner);
	return e;
}
