#include "../../src/module/depscan.c"

/* A module file of any kind, read as depmod and modinfo read it. */
static int one(struct kml *k, struct scope *s, void *arg)
{
	struct depscan_module m = { .bytes = source_of(*(struct str *)arg), .names =
	                            new(s, struct depscan_names) };
	struct symbols versions;
	struct modinfo info;
	struct source src;
	struct elf e;
	size_t i = 0;
	int r;

	m.names->s = s;
	depscan_one(k, s, scope_begin(s), modfile_new(s), false, &m);
	for (uint32_t j = 0; j < m.nneeds; j++)
		if ((m.needs[j].name & ~DEPSCAN_WEAK) >= m.names->n)
			abort();
	if ((r = modfile_read(k, modfile_new(s), s, &m.bytes, &src)) < 0 ||
	    (r = elf_open(k, s, &src, &e)) < 0)
		return r;
	symbols_versions(k, s, &e, &versions);
	if ((r = modinfo_of(k, s, &e, &info)) == 0)
		modinfo_next(&info, S("alias"), &i);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str file = { (const char *)p, n };

	kml_run(&k, one, &file);
	scope_end(&k.keep);
	return 0;
}
