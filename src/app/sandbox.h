/* sandbox.h: what a long-running process gives up before it meets the first byte from outside. */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "base/err.h"

/* No core dumps, no tracing by others, no new privileges, new files for us alone. systemd's unit goes further. */
enum err sandbox_enter(struct fault *f);

#endif
