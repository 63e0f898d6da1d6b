#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/module/modalias.c"
#include "../test.h"

static void put(struct kml *k, struct scope *s, const char *path, const char *text)
{
	struct str p = str_of(path), up = { p.p, p.n - str_base(p).n - 1 };

	CHECK(save_mkdirs(k, s, scope_text(s, up)) == 0);
	CHECK(save_file(k, s, path, str_of(text)) == 0);
}

#define PCI "/sys/devices/pci0000:00/0000:00:01.0/"

static void prepare(struct kml *k, struct scope *s)
{
	static bool done;

	if (done)
		return;
	put(k, s, PCI "modalias", "pci:v1d2\n");
	put(k, s, PCI "uevent", "DRIVER=x\nMODALIAS=pci:v1d2\n");
	put(k, s, PCI "virtio0/modalias", "virtio:d1v2\n");
	put(k, s, PCI "virtio1/modalias", "virtio:d1v2\n");
	put(k, s, PCI "power/modalias", "never:looked at\n");
	put(k, s, "/sys/devices/mmc0/uevent", "MMC_TYPE=SD\nMODALIAS=mmc:block\nX=MODALIAS=\n");
	put(k, s, "/sys/devices/none/uevent", "XMODALIAS=no\n");
	put(k, s, "/sys/devices/empty/modalias", "\n");
	put(k, s, "/sys/devices/power/events/modalias", "power:a bus may be called so\n");
	CHECK(save_mkdirs(k, s, "/sys/devices/odd/modalias") == 0);
	(void)symlinkat("../pci0000:00", AT_FDCWD, "build/unit-modalias/sys/devices/odd/link");
	done = true;
}

static struct str told(struct scope *s, const struct modalias *a)
{
	struct buf b = { .s = s };

	for (; a; a = a->next) {
		buf_format(&b, "%.*s", FMT(a->text));
		for (const struct modalias_device *d = a->devices; d; d = d->next)
			buf_format(&b, " %.*s", FMT(d->path));
		buf_byte(&b, '\n');
	}
	return buf_str(&b);
}

TESTS
	struct modalias_set *set = modalias_new(s);
	struct modalias *last;

	unlinkat(AT_FDCWD, "build/unit-modalias/sys/devices/new/modalias", 0);
	unlinkat(AT_FDCWD, "build/unit-modalias/sys/devices/other/modalias", 0);
	CHECK(save_mkdirs(k, s, "build/unit-modalias") == 0);
	k->root = "build/unit-modalias";
	TEST("devices in byte order, one entry for each modalias, links not followed") {
		prepare(k, s);
		CHECK(modalias_walk(k, set) == 0);
		CHECK(set->n == 4 && str_eq(told(s, set->first), S(
			"mmc:block mmc0\n"
			"pci:v1d2 pci0000:00/0000:00:01.0\n"
			"virtio:d1v2 pci0000:00/0000:00:01.0/virtio0 "
			"pci0000:00/0000:00:01.0/virtio1\n"
			"power:a bus may be called so power/events\n")));
	}
	TEST("looked at again, only what is new comes") {
		last = set->first->next->next->next;
		CHECK(modalias_walk(k, set) == 0 && !last->next);
		put(k, s, "/sys/devices/new/modalias", "acpi:NEW:");
		put(k, s, "/sys/devices/other/modalias", "pci:v1d2\n");
		CHECK(modalias_walk(k, set) == 0);
		CHECK(set->n == 5 && str_eq(told(s, last->next), S("acpi:NEW: new\n")));
		CHECK(memmem(told(s, set->first).p, told(s, set->first).n,
		             "00:01.0 other\n", 14));
	}
	TEST("a machine without /sys") {
		k->root = "build";
		CHECK(modalias_walk(k, set) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "/sys/devices: No such file or directory"));
	}
TESTS_END
