/* The first byte says which of the texts beside the modules the rest is. */
#include "../../src/format/devname.c"
#include "../../src/format/modlist.c"
#include "../../src/module/depindex.c"
#include "../../src/module/order.c"

static void devname(struct kml *k, struct str text)
{
	struct devname d;

	while (text.n)
		if (devname_line(k, str_take(&text, '\n'), &d) > 0 &&
		    (d.node.p[0] == '/' || memmem(d.node.p, d.node.n, "//", 2) ||
		     memchr(d.node.p, '%', d.node.n) || str_eq(d.node, S("..")) ||
		     str_starts(d.node, S("../")) || memmem(d.node.p, d.node.n, "/../", 4)))
			abort();
}

/* A line is that of one module; what one needs is known to all that follow. */
static void dep(struct scope *s, struct str text)
{
	static const struct modconf none;
	struct order o = order_begin(s, "/m", &none);

	while (text.n) {
		struct str line = str_take(&text, '\n');
		struct order_module *m = order_module(&o, modname_of_path(s, line), S(""));

		order_parse(&o, m, line);
		for (size_t i = 0; i < m->ndeps; i++)
			if (!m->deps[i] || !m->deps[i]->path)
				abort();
	}
}

/* Every module comes once, whatever the list says. */
static void order(struct kml *k, struct scope *s, struct str text)
{
	static const struct depconf none;
	static const char *const paths[] = { "/m/kernel/a.ko", "/m/b.ko.xz", "/m/kernel/c-d.ko.gz" };
	struct tree t = { .s = s, .dir = "/m", .conf = &none };
	struct depindex d = { .tree = &t, .texts.order = text };
	unsigned seen = 0;

	for (size_t i = 0; i < countof(paths); i++)
		if (tree_add(k, &t, paths[i]) < 0)
			return;
	d.modules = depindex_modules(s, &t);
	depindex_order(k, s, &d);
	for (size_t i = 0; i < t.n; i++)
		seen |= 1u << (d.modules[i].name.p[0] - 'a');
	if (seen != 7)
		abort();
}

static void builtin(struct kml *k, struct scope *s, struct str names, struct str modinfo)
{
	struct depgraph g = depgraph_new(s, NULL, 0, '\0');
	struct depfile f = { .g = &g, .texts = { .builtin = names, .builtin_modinfo = modinfo } };
	struct source src;
	struct index ix;

	if (depfile_builtin(k, s, &f) < 0)
		return;
	for (int i = DEPFILE_BUILTIN_BIN; i <= DEPFILE_BUILTIN_ALIAS_BIN; i++) {
		src = source_of(f.out[i]);
		if (src.size && index_open(k, &src, &ix) < 0)
			abort();
	}
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str text = *(struct str *)arg, rest = str_from(text, 1);
	struct depgraph g = depgraph_new(s, NULL, 0, '\0');

	switch (text.n ? text.p[0] : 0) {
	case 'n': devname(k, rest); break;
	case 'd': dep(s, rest); break;
	case 'o': order(k, s, rest); break;
	case 'b': builtin(k, s, rest, S("")); break;
	case 'i': builtin(k, s, S(""), rest); break;
	case 's': depindex_symvers(&g, rest); break;
	case 'm': depindex_map(k, &g, "m", rest); break;
	case 'l':
		while (modlist_next(&rest).n)
			;
		break;
	case 'k':
		while (modlist_kernel(&rest, S("modules_load"), true).n)
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
