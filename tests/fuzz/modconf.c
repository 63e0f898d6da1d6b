/* The first line is the kernel's command line, the rest a file of modprobe.d. */
#include "../../src/format/modconf.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, words = str_take(&text, '\n');
	struct modconf c = { 0 };

	modconf_read(k, s, &c, "fuzz", text);
	modconf_kernel(s, &c, words);
	for (int kind = 0; kind < MODCONF_KINDS; kind++)
		for (const struct modconf_line *l = c.of[kind].first; l; l = l->next) {
			struct str rest = l->text;
			bool post = false, begun = false;

			(void)modconf_find(&c, (enum modconf_kind)kind, l->text);
			(void)modconf_options(s, &c, l->name, l->text);
			while (modconf_softdep(&rest, &post, &begun).n)
				;
		}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
