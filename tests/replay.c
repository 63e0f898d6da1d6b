/* replay.c - in libFuzzer's place: give every file named to the fuzz target,
 * and every beginning of it too, each in memory of exactly its size. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void one(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

int main(int argc, char **argv)
{
	enum { MOST = 4 << 20, CUTS = 64 };
	uint8_t *p = malloc(MOST);

	one(p, 0);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n, step;

		if (!f)
			return perror(argv[i]), 1;
		n = fread(p, 1, MOST, f);
		fclose(f);
		one(p, n);
		step = n / CUTS + 1;
		for (size_t cut = 0; cut < n; cut += step)
			one(p, cut);
	}
	free(p);
	return 0;
}
