/* agent.h: the browser and system of a User-Agent, as coarsely as a reader needs to know a device again. */
#ifndef FORMAT_AGENT_H
#define FORMAT_AGENT_H

#include "base/str.h"

#define AGENT_LABEL 40

/* "Firefox on Linux"; "Browser on Windows", "Firefox", or "" where one or both cannot be told. No version, nothing
 * that tells two readers with the same kind of device apart. */
void agent_label(struct str user_agent, char out[AGENT_LABEL]);

#endif
