/* The first line is the kernel's command line, the rest a list of names. */
#include "../../src/format/modlist.c"

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, words = str_take(&text, '\n'), again = words, t;

	(void)k, (void)s;
	while ((t = modlist_kernel(&words, S("modules_load"), true)).p)
		if (!t.n)
			break;
	while (modlist_kernel(&again, S("module_blacklist"), false).p)
		;
	while ((t = modlist_next(&text)).n)
		if (t.n > MODLIST_LONGEST || str_blank(t.p[0]) || str_find(t, '\n') < t.n)
			__builtin_trap();
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
