#include "../../src/format/superblock.c"

/* What is shown is text of the right length, from inside the disk. */
static void judge(struct str disk, const char *uuid, struct str label)
{
	size_t n = strlen(uuid);

	if (n >= SUPERBLOCK_UUID || strspn(uuid, "0123456789abcdef-") != n)
		abort();
	if (label.n && (label.p < disk.p || label.p + label.n > disk.p + disk.n ||
	                memchr(label.p, '\0', label.n)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str disk = { (const char *)p, n };
	char uuid[SUPERBLOCK_UUID];
	struct superblock b;

	if (superblock_read(disk, &b))
		judge(disk, b.uuid, b.label);
	for (uint64_t i = 0; i < 6; i++) {
		superblock_partition(disk, i, uuid);
		judge(disk, uuid, (struct str){ 0 });
	}
	return 0;
}
