/* notify.h: tells the service manager how the daemon is (sd_notify(3)). */
#ifndef APP_NOTIFY_H
#define APP_NOTIFY_H

#include <stdint.h>

void notify_send(const char *state); /* "READY=1", "STOPPING=1", …; nothing without $NOTIFY_SOCKET */
int64_t notify_watchdog(void);       /* microseconds between two WATCHDOG=1 at most; 0: not asked for */

#endif
