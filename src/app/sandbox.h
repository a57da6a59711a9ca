/* sandbox.h: what a long-running process gives up before it meets the first byte from outside. */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "base/err.h"

/* No core dumps, no tracing by others, no new privileges, new files for us alone. systemd's unit goes further. */
enum err sandbox_enter(struct fault *f);

/* For a process that works on bytes of a stranger: what it holds open stays, but it can open, start, reach and change
 * nothing more: such calls fail with EACCES. */
enum err sandbox_seal(struct fault *f);

#endif
