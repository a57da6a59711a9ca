/* page_devices.h: /account/devices: where the reader is signed in, and ending it. */
#ifndef WEB_PAGE_DEVICES_H
#define WEB_PAGE_DEVICES_H

#include "web/router.h"

enum status page_devices(struct context *cx, const struct request *req, struct response *res);

#endif
