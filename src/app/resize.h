/* resize.h: smaller versions of an image, made by a process of its own that has nothing but the image. */
#ifndef APP_RESIZE_H
#define APP_RESIZE_H

#include "base/err.h"
#include "format/image.h"
#include "format/picture.h"

/* Makes the versions in p of the image at path; each lands whole beside it under its picture_name, or not at all. Those
 * that could not be made are taken out of p. ERR_NOT_FOUND: libvips is not installed. ERR_INVALID: the image was too much
 * for it, or is one that moves. ERR_DENIED: the folder. In each case f says why; what was there before stays. */
enum err resize_image(const char *path, enum image_kind kind, struct picture *p, struct fault *f);

#endif
