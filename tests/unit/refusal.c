#define KML_TEST
#include "../../src/ground/save.c"
#include "../../src/format/trie.c"
#include "../../src/module/absent.c"
#include "../../src/module/refusal.c"
#include "../../src/module/who.c"
#include "../test.h"

#define ROOT "build/unit-refusal"
#define TREE "/lib/modules/9.9.9"

static struct buf said;

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)arg;
	CHECK(level == KML_INFO);
	buf_format(&said, "%s\n", text);
}

static bool heard(const char *text) { return str_eq(buf_str(&said), str_of(text)); }

/* ---- a machine ----------------------------------------------------------- */

static void put(struct kml *k, struct scope *s, const char *path, struct str text)
{
	struct str p = str_of(path), up = { p.p, p.n - str_base(p).n };

	CHECK(save_mkdirs(k, s, scope_text(s, up)) == 0);
	CHECK(save_file(k, s, path, text) == 0);
}

static void module(struct kml *k, struct scope *s, const char *name, const char *to)
{
	const char *root = k->root;
	struct str bytes = { 0 };
	int r;

	k->root = NULL;
	r = sys_read_file(k, s, scope_format(s, "tests/fuzz/corpus/module/%s", name), &bytes);
	k->root = root;
	CHECK(r == 0);
	put(k, s, to, bytes);
}

static void index_of(struct kml *k, struct scope *s, const char *name, const char *const *keys)
{
	struct trie t = { .s = s };
	struct str bytes = { 0 };

	for (uint32_t i = 0; *keys; keys += 2)
		CHECK(trie_add(&t, str_of(keys[0]), str_of(keys[1]), i++));
	CHECK(trie_write(k, s, &t, &bytes) == 0);
	put(k, s, scope_format(s, TREE "/%s", name), bytes);
}

static void prepare(struct kml *k, struct scope *s)
{
	static const char *const deps[] = { "gadget", "gadget.ko:", "other", "other.ko:", NULL };
	static const char *const symbols[] = { "symbol:foreign", "other", NULL };
	static const struct { const char *path, *text; } files[] = {
		{ "/proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n" },
		{ "/proc/self/uid_map", "         0          0 4294967295\n" },
		{ "/proc/self/mountinfo", "1 0 0:9 / / rw - rootfs none rw\n"
		  "30 1 0:30 / /mnt/a\033b rw shared:1 - gadgetfs me rw\nodd\n" },
		{ "/proc/sys/kernel/modules_disabled", "0\n" },
		{ "/proc/cmdline", "quiet module_blacklist=this,barred that\n" },
		{ "/proc/devices", "Character devices:\n 10 misc\n\nBlock devices:\n 99 gadget\n" },
		{ "/proc/modules", "busy 1 0 - Live 0x0\nstuck 1 0 [permanent], Live 0x0\n" },
		{ "/proc/kallsyms", "0 T module_layout\n0 D jiffies\n0 t hidden\t[other]\n" },
		{ "/proc/1/comm", "x\n" },
		{ "/sys/module/module/parameters/sig_enforce", "Y\n" },
		{ "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n" },
		{ "/sys/module/coming/initstate", "coming\n" },
		{ "/sys/module/gadget/initstate", "live\n" }, { "/sys/module/gadget/refcnt", "3\n" },
		{ "/sys/module/gadget/holders/one/x", "" }, { "/sys/module/one/holders/two/x", "" },
		{ "/sys/module/two/holders/one/x", "" },
		{ "/sys/module/solo/refcnt", "2\n" }, { "/sys/module/solo/holders/leaf/x", "" },
		{ "/sys/block/gad0/dev", "99:1\n" }, { "/sys/block/gad0/holders/dm-0/x", "" },
		{ "/sys/block/gad1/dev", "7:1\n" }, { "/sys/block/gad1/holders/dm-1/x", "" },
		{ TREE "/updates/fresh-one.ko", "x" }, { "/lib/modules/8.8.8/x", "" },
		{ "/lib/firmware/there.bin", "" },
	};
	static bool done;

	if (done)
		return;
	for (size_t i = 0; i < countof(files); i++)
		put(k, s, files[i].path, str_of(files[i].text));
	module(k, s, "gadget.ko", TREE "/gadget.ko");
	module(k, s, "other.ko", TREE "/other.ko");
	module(k, s, "cut.ko", "/cut.ko");
	module(k, s, "knob.ko", "/knob.ko");
	index_of(k, s, "modules.dep.bin", deps);
	index_of(k, s, "modules.symbols.bin", symbols);
	done = true;
}

/* What the kernel is about to write into its log; NULL: it has none. */
static void log_with(const char *text)
{
	int fd;

	unlink(ROOT "/dev/kmsg");
	mkdir(ROOT "/dev", 0755);
	if (text && (fd = open(ROOT "/dev/kmsg", O_WRONLY | O_CREAT | O_TRUNC, 0644)) >= 0) {
		if (write(fd, "4,1,1,-;gadget: Unknown symbol before (err -2)\n", 47) != 47)
			abort();
		close(fd);
	}
}

static void log_add(const char *text)
{
	int fd = open(ROOT "/dev/kmsg", O_WRONLY | O_APPEND);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static void lockdown(const char *text)
{
	int fd = open(ROOT "/sys/kernel/security/lockdown", O_WRONLY | O_TRUNC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

/* ---- what is said -------------------------------------------------------- */

static struct order *tree(struct scope *s, const char *dir)
{
	static const struct modconf none;
	struct order *o = new(s, struct order);

	*o = order_begin(s, dir, &none);
	return o;
}

/* What is said when module `name` of `path` is refused with `verdict` and the kernel
 * writes `text` into its log. */
static void refuse(struct kml *k, struct scope *s, const char *name, const char *path,
                   const char *params, int flags, int verdict, const char *text)
{
	struct refusal f;

	said = (struct buf){ .s = s };
	log_with(text);
	refusal_begin(k, s, &f, tree(s, TREE));
	if (text)
		log_add(text);
	refusal_tried(k, &f, str_of(name), path, S(""), params, flags, verdict);
	refusal_explain(k, &f);
	refusal_explain(k, &f);         /* once is enough */
}

static void gadget(struct kml *k, struct scope *s, const char *params, int verdict,
                   const char *text)
{
	refuse(k, s, "gadget", TREE "/gadget.ko", params, 0, verdict, text);
}

static void who(struct kml *k, struct scope *s, const char *name, int verdict, bool told)
{
	said = (struct buf){ .s = s };
	who_explain(k, s, tree(s, TREE), str_of(name), verdict, told);
}

static void absent(struct kml *k, struct scope *s, const char *dir, const char *word)
{
	said = (struct buf){ .s = s };
	absent_explain(k, s, tree(s, dir), word);
}

TESTS
	struct str out[3];
	char text[] = "a\033[1mb\x9bz\xc2\x9b\xc3\xa4\n";
	struct klog_line line = { S("x: `a b' and `c'"), 4 };
	struct klog log = { .v = &line, .n = 1 };
	size_t i = 0;

	CHECK(save_mkdirs(k, s, ROOT) == 0);
	k->root = ROOT;
	k->log = hear;
	prepare(k, s);
	TEST("a line is matched with its name and what it holds") {
		CHECK(klog_next(&log, &i, S("x"), "@: `%' and `%'", out) && i == 1);
		CHECK(str_eq(out[0], S("a b")) && str_eq(out[1], S("c")));
		CHECK(!klog_match(line.text, S("y"), "@: `%' and `%'", out));
		CHECK(!klog_match(line.text, S("x"), "@: `%' or `%'", out));
		CHECK(klog_match(line.text, S("x"), "% `%", out) && str_eq(out[0], S("x:")));
		CHECK(klog_names(S("a gadget: b"), S("gadget")));
		CHECK(!klog_names(S("a gadgets: mygadget"), S("gadget")));
	}
	TEST("nothing is said that a terminal obeys") {
		attempt_harmless(text);
		CHECK(!strcmp(text, "a?[1mb?z\xc2?\xc3\xa4?"));
	}
	TEST("forbidden by the machine") {
		lockdown("none [integrity] confidentiality\n");
		refuse(k, s, "barred", NULL, "", 0, EPERM, NULL);
		CHECK(heard("the kernel was started with module_blacklist=...barred...\n"));
		refuse(k, s, "gadget", TREE "/gadget.ko", "", 1, EPERM, NULL);
		CHECK(heard("the kernel is locked down (integrity): nothing is loaded by force\n"));
	}
	TEST("not signed, where a signature is wanted") {
		gadget(k, s, "", EKEYREJECTED, NULL);
		CHECK(heard("gadget is not signed\nthis kernel wants a signature by a key it knows "
		            "(module.sig_enforce=1, lockdown: integrity): sign it with one, or enroll "
		            "yours with mokutil --import\n"));
	}
	TEST("what forbids nothing is not said") {
		lockdown("[none] integrity confidentiality\n");
		gadget(k, s, "", EKEYREJECTED, NULL);
		CHECK(heard("gadget is not signed\nthis kernel wants a signature by a key it knows "
		            "(module.sig_enforce=1): sign it with one, or enroll yours with mokutil "
		            "--import\n"));
		refuse(k, s, "gadget", TREE "/gadget.ko", "", 1, EPERM, "4,2,2,-;not this\n");
		CHECK(said.n > 0);
	}
	TEST("another build, with the log and without it") {
		gadget(k, s, "", ENOEXEC, "3,2,2,-;gadget: version magic '9.9.9 a ' should be 'b'\n");
		CHECK(heard("gadget was built for another kernel: '9.9.9 a', and this one is 'b'\n"));
		gadget(k, s, "", ENOEXEC, NULL);
		CHECK(str_starts(buf_str(&said), S("gadget was built for kernel 9.9.9, and this one "
		                                   "is ")));
	}
	TEST("no module at all") {
		refuse(k, s, "cut", "/cut.ko", "", 0, ENOEXEC, NULL);
		CHECK(str_starts(buf_str(&said), S("/cut.ko: ")));
		refuse(k, s, "gone", "/gone.ko", "", 0, EINVAL, NULL);
		CHECK(heard("/gone.ko: No such file or directory\n"));
	}
	TEST("another version of a symbol") {
		gadget(k, s, "", EINVAL, "4,2,2,-;gadget: disagrees about version of symbol foreign\n");
		CHECK(heard("gadget was built against another version of the symbol foreign than "
		            "module other has\n"));
		gadget(k, s, "", EINVAL, NULL);
		CHECK(heard("gadget was built against another version of the symbol foreign than "
		            "module other has\n"));
	}
	TEST("symbols that are not there, and who has them") {
		gadget(k, s, "", ENOENT, "4,2,2,-;gadget: Unknown symbol foreign (err -2)\n"
		       "4,3,2,-;gadget: Unknown symbol lost (err -2)\n"
		       "4,4,2,-;gadget: Unknown symbol jiffies (err -2)\n");
		CHECK(heard("gadget needs the symbol foreign of module other, which is not loaded\n"
		            "gadget needs the symbol lost, which neither the kernel nor a module in "
		            TREE " has\n"
		            "gadget needs the symbol jiffies, which is in the kernel, but not exported "
		            "to it\n"));
		gadget(k, s, "", ENOENT, NULL);
		CHECK(heard("gadget needs the symbol foreign of module other, which is not loaded\n"
		            "gadget needs the symbol lost, which neither the kernel nor a module in "
		            TREE " has\n"));
	}
	TEST("parameters, with the log and without it") {
		gadget(k, s, "size=big", EINVAL, "3,2,2,-;gadget: `big' invalid for parameter `size'\n");
		CHECK(heard("'big' is no value for the parameter size (int) of gadget: How big\n"));
		refuse(k, s, "knob", "/knob.ko", "full-size=7 on on=maybe label=\"a full_size=b\" full-size=", 0,
		       EINVAL, NULL);
		CHECK(heard("'maybe' is no value for the parameter on (bool) of knob\n"
		            "'' is no value for the parameter full-size (int) of knob: How big\n"));
		refuse(k, s, "knob", "/knob.ko", "", 0, EINVAL,
		       "6,2,2,-;knob: unknown parameter 'volume' ignored\n"
		       "6,2,2,-;knob: unknown parameter 'full_sise' ignored\n");
		CHECK(heard("knob has no parameter 'volume'; it has full_size, on, label\n"
		            "knob has no parameter 'full_sise'; did you mean 'full_size'?\n"));
		refuse(k, s, "other", TREE "/other.ko", "volume=3", 0, EINVAL, NULL);
		CHECK(heard("other has no parameter 'volume'; it has none\n"));
	}
	TEST("a device that is not there, a module that is coming, a busy file") {
		gadget(k, s, "", ENODEV, "4,2,2,-;nothing of it\n");
		CHECK(heard("gadget found nothing here that it drives (pci:v00001234d*)\n"));
		refuse(k, s, "coming", NULL, "", 0, EBUSY, NULL);
		CHECK(heard("a module coming is just being loaded, or is part of the kernel\n"));
		gadget(k, s, "", ETXTBSY, NULL);
		CHECK(heard("a program has " TREE "/gadget.ko open for writing\n"));
	}
	TEST("what the kernel says of the module, if nothing else is known") {
		gadget(k, s, "", EIO, "4,2,2,-;gadget 0:1: no\033answer\n6,3,3,-;gadget: chat\n"
		       " SUBSYSTEM=x\n4,4,4,-;gadget: loading out-of-tree module taints kernel.\n"
		       "4,5,5,-;gadgets: others\n");
		CHECK(heard("the kernel says: gadget 0:1: no?answer\n"));
	}
	TEST("firmware that the kernel looked for in vain") {
		gadget(k, s, "", EIO, "4,2,2,-;gad 0:1: Direct firmware load for gadget/a.bin failed "
		       "with error -2\n4,2,2,-;gadget 0:1: Direct firmware load for there.bin failed\n"
		       "4,2,2,-;gad 0:1: Direct firmware load for other.bin failed with error -2\n");
		CHECK(heard("gadget asked for the firmware gadget/a.bin, which is not in "
		            "/lib/firmware\n"));
	}
	TEST("what a loaded module may miss is said if more is wanted") {
		struct refusal f;

		said = (struct buf){ .s = s };
		log_with(NULL);
		refusal_begin(k, s, &f, NULL);
		refusal_tried(k, &f, S("gadget"), TREE "/gadget.ko", S(""), "", 0, 0);
		CHECK(heard(""));
		f.more = true;
		refusal_tried(k, &f, S("gadget"), TREE "/gadget.ko", S(""), "", 0, 0);
		CHECK(heard("gadget may ask for the firmware gadget/a.bin, which is not in "
		            "/lib/firmware\n"));
	}
	TEST("nobody listens: nothing is looked at") {
		k->log = NULL;
		gadget(k, s, "", EKEYREJECTED, NULL);
		who(k, s, "gadget", EAGAIN, false);
		absent(k, s, TREE, "gadgt");
		CHECK(heard(""));
		k->log = hear;
	}
	TEST("modules, mounts and devices that use a module; circles end") {
		who(k, s, "gadget", EAGAIN, false);
		CHECK(str_starts(buf_str(&said), S("gadget is used by one (used by two (used by one ")));
		CHECK(memmem(said.p, said.n, S("gadget is used by the mount of me on /mnt/a?b\n").p, 46));
		CHECK(str_ends(buf_str(&said), S("gadget is used by the device dm-0 on top of gad0\n")));
		who(k, s, "solo", EAGAIN, false);
		CHECK(heard("solo is used by leaf\n"));
		who(k, s, "solo", EAGAIN, true);
		CHECK(heard(""));
	}
	TEST("a module without an exit") {
		who(k, s, "stuck", EBUSY, false);
		CHECK(heard("stuck cannot be unloaded: it has no exit function\n"));
		who(k, s, "busy", EPERM, false);
		CHECK(heard(""));
	}
	TEST("why a module is not found") {
		absent(k, s, "/lib/modules/7.7.7", "gadget");
		CHECK(heard("there is no directory /lib/modules/7.7.7; there is 8.8.8, 9.9.9\n"));
		absent(k, s, "/lib/modules/8.8.8", "gadget");
		CHECK(heard("there is no /lib/modules/8.8.8/modules.dep.bin: run depmod, which makes "
		            "it\n"));
		absent(k, s, TREE, "fresh_one");
		CHECK(heard(TREE "/updates/fresh-one.ko is there, but modules.dep.bin does not know "
		            "it: run depmod\n"));
		absent(k, s, TREE, "gagdet");
		CHECK(heard("did you mean gadget?\n"));
		absent(k, s, TREE, "pci:v1d2");
		CHECK(heard(""));
	}
TESTS_END
