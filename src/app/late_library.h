/* late_library.h: shared libraries that only some verbs need, opened when they are. */
#ifndef APP_LATE_LIBRARY_H
#define APP_LATE_LIBRARY_H

#include <stdbool.h>

/* NULL: not installed. Never closed again. */
void *late_library_open(const char *name);

/* Into *function, a pointer to a function of the right type. */
bool late_library_find(void *library, const char *name, void *function);

#endif
