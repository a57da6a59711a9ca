/* late_library.c: dlopen. */
#include "app/late_library.h"

#include <dlfcn.h>
#include <string.h>

void *
late_library_open(const char *name)
{
	return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/* ISO C has no conversion from data to functions; POSIX says that their pointers are alike. */
bool
late_library_find(void *library, const char *name, void *function)
{
	void *at = dlsym(library, name);

	memcpy(function, &at, sizeof at);
	return at != NULL;
}
