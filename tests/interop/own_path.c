/* own_path.c: prints targets made at random of what confuses parsers, those that url_own_path lets through, each ended by NUL. */
#include <stdio.h>
#include <stdlib.h>

#include "format/url.h"

int
main(void)
{
	static const char bytes[] = "//\\..@:%2ef05c90daA?#&=;\t\r\n \x7f\xc3\xa9\"'<>|^`{}hps";
	unsigned seed = 1;

	for (int i = 0; i < 1000000; i++) {
		char target[16] = "/";
		size_t len = 1 + (size_t)rand_r(&seed) % 14;

		for (size_t j = 1; j < len; j++)
			target[j] = bytes[(size_t)rand_r(&seed) % (sizeof bytes - 1)];
		if (url_own_path((struct str){target, len}))
			(void)printf("%.*s%c", (int)len, target, '\0');
	}
	return 0;
}
