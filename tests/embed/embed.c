/* embed.c - kml inside another program: an init, an agent, a test.
 *
 *     embed TREE KVER MODULE.ko CONFIG
 */
#include "../../kml.h"
#include <stdio.h>
#include <string.h>

static void say(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	printf("note %d: %s\n", (int)level, text);
}

static int show(struct kml *k, const char *what, int r)
{
	printf("%s: %d%s%s\n", what, r, r < 0 ? ": " : "", r < 0 ? kml_message(k) : "");
	return r;
}

int main(int argc, char **argv)
{
	const char *modules[] = { argc == 5 ? argv[3] : NULL, NULL };
	struct kml_pack pack = { .name = "demo", .modules = modules,
	                         .output = "oci:images:t", .program = "/bin/true" };
	struct kml_mapping map;
	const char *text;
	struct kml *k = kml_open(NULL);

	if (argc != 5 || !k)
		return 2;
	kml_on_note(k, say, NULL);
	kml_set_jobs(k, 2);
	if (show(k, "modinfo", kml_modinfo(k, argv[3], "license", &text)) == 0)
		printf("license is %s\n", text);
	show(k, "no field", kml_modinfo(k, argv[3], "nosuch", &text));
	show(k, "no file", kml_modinfo(k, "nowhere.ko", "license", &text));
	show(k, "depmod", kml_depmod(k, argv[1], argv[2]));
	show(k, "depmod nowhere", kml_depmod(k, "nowhere", argv[2]));
	if (show(k, "pack", kml_pack(k, &pack, &text)) == 0)
		printf("digest has %zu characters\n", strlen(text));
	pack.kernel = "5.0.0";
	show(k, "pack for another kernel", kml_pack(k, &pack, NULL));
	if (show(k, "resolve", kml_resolve(k, argv[4], argv[2], &map)) == 0)
		printf("rule %s, image %s, module %s, dir %s\n", map.rule, map.image, map.module,
		       map.dir);
	show(k, "resolve another", kml_resolve(k, argv[4], "2.6.32", &map));
	show(k, "load", kml_load(k, "no_such_module_at_all", NULL));
	show(k, "unload", kml_unload(k, "no_such_module_at_all"));
	show(k, "image load", kml_image_load(k, "nowhere.ini"));
	show(k, "image unload", kml_image_unload(k, "../nowhere"));
	kml_close(k);
	kml_close(NULL);
	return 0;
}
