/* Any bytes as an image: refused with a sentence, or of a size that fits. */
#include <stdlib.h>

#include "format/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image;
	struct fault f = {""};
	enum err e = image_read((struct str){(const char *)data, size}, &image, &f);

	if (e != ERR_NONE && f.text[0] == '\0')
		abort();
	if (e == ERR_NONE && (image.width > IMAGE_SIDE_MAX || image.height > IMAGE_SIDE_MAX))
		abort();
	return 0;
}
