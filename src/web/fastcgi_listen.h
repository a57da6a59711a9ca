/* fastcgi_listen.h: the listening socket. */
#ifndef WEB_FASTCGI_LISTEN_H
#define WEB_FASTCGI_LISTEN_H

#include "base/err.h"
#include "base/str.h"

/* Passed by systemd (LISTEN_FDS=1) or on descriptor 0 (spawn-fcgi), else bound to path with mode. A file or a live
 * socket at path is refused, a dead socket replaced. *owned: bound here, so the caller unlinks path at the end. */
enum err fastcgi_listen(const char *path, unsigned mode, int *fd, bool *owned, struct fault *f);

/* One connection with its time limits set, or -1: none waits, the peer is not allowed, or no descriptor is free
 * (counted, after a short pause). peer_uid: who may connect besides root and our own user; -1: any. */
int fastcgi_accept(int listen_fd, unsigned timeout_s, int64_t peer_uid);

#endif
