/* sandbox.c: process-wide restrictions. */
#include "app/sandbox.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* LeakSanitizer looks into the process as a debugger does. */
#ifdef POTERNE_SANITIZED
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

enum err
sandbox_enter(struct fault *f)
{
	const struct rlimit none = {0, 0};

	(void)umask(0077);
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, DUMPABLE, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fault_set(f, ERR_INTERNAL, "sandbox: %s", strerror(errno));
	return ERR_NONE;
}
