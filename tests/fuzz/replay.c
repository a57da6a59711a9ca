/* replay.c: main of a fuzz target that is not being fuzzed: runs it over the stored inputs of a folder, once each. TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX ((size_t)1024 * 1024)

static size_t
read_input(const char *folder, const char *name, uint8_t *bytes)
{
	char path[4096];
	size_t n = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL)
		return 0;
	n = fread(bytes, 1, INPUT_MAX, f);
	(void)fclose(f);
	return n;
}

int
main(int argc, char **argv)
{
	uint8_t *bytes = malloc(INPUT_MAX);
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *entry;
	unsigned n = 0;

	if (bytes == NULL)
		return 1;
	(void)LLVMFuzzerTestOneInput(bytes, 0);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.') {
			/* A copy of its exact size, so that a read beyond the end is seen. */
			size_t size = read_input(argv[1], entry->d_name, bytes);
			uint8_t *exact = malloc(size + (size == 0));

			if (exact == NULL)
				return 1;
			for (size_t i = 0; i < size; i++)
				exact[i] = bytes[i];
			(void)LLVMFuzzerTestOneInput(exact, size);
			free(exact);
			n++;
		}
	if (folder != NULL)
		(void)closedir(folder);
	free(bytes);
	printf("ok 1 - FZ_stored_inputs_%u\n1..1\n", n);
	return 0;
}
