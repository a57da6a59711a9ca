/* resize_vips.h: how the other process of resize.h ends. */
#ifndef APP_RESIZE_VIPS_H
#define APP_RESIZE_VIPS_H

enum resize_end { RESIZE_DONE = 0, RESIZE_REFUSED = 1, RESIZE_NO_LIBRARY = 3 };

/* The other process: `poterne resize KIND VERSIONS`. The image is on descriptor 0, the versions go to 3 and up, in their
 * order, what went wrong to 1. Not for people. */
int resize_vips(int argc, char **argv);

#endif
