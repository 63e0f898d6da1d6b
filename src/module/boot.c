/* boot.c - from an initramfs to the root file system that the command line names.
 *
 *     root=/dev/NAME  MAJOR:MINOR  UUID=  LABEL=  PARTUUID=  PARTLABEL=
 *     rootfstype=A,B  rootflags=OPTIONS  ro rw  rootwait  rootdelay=SECONDS
 *     init=PROGRAM    panic=SECONDS
 *
 * They mean what they mean to the kernel itself (kernel-parameters.txt), but that
 * the device is waited for in any case: for 30 seconds, rootdelay= or rootwait=
 * seconds, or for ever with rootwait.  What brings it is looked for meanwhile, by
 * kml coldplug, a child.  A file system is known by its superblock, so that
 * rootfstype= is rarely needed.  Nothing is checked or repaired.
 */
#ifndef KML_BOOT_C
#define KML_BOOT_C

#include "../ground/base.c"
#include "../ground/kernel.c"
#include "../ground/machine.c"
#include "../ground/root.c"
#include "../format/modconf.c"
#include "../format/superblock.c"

#define BOOT_ROOT "/sysroot"

enum { BOOT_LIMIT = 30, BOOT_STEP = 100 /* ms */, BOOT_AGAIN = 1000 };

struct boot {
	struct scope *s;
	struct str root, types, data;   /* root= rootfstype= rootflags= */
	const char *init;               /* NULL: the usual ones */
	unsigned long flags;            /* for mount(2) */
	uint64_t limit;                 /* how long the device is waited for, in ms */
	struct str panic;
};

struct boot_device { const char *path; struct superblock super; };

/* ---- the command line ---------------------------------------------------- */

/* Without the quotes that keep blanks in it. */
static struct str boot_plain(struct str t)
{
	if (t.n && t.p[0] == '"')
		t = str_from(t, 1);
	if (t.n && t.p[t.n - 1] == '"')
		t.n--;
	return t;
}

static uint64_t boot_seconds(struct str value)
{
	uint64_t n = BOOT_LIMIT;

	(void)str_uint(value, &n);
	return n < 1000000 ? 1000 * n : UINT64_MAX;
}

/* The part of rootflags= that is not the file system's, as mount(8) takes it. */
static void boot_flags(struct boot *b, struct str text)
{
	static const struct { struct str word; unsigned long flag; } known[] = {
		{ { "noatime", 7 }, MS_NOATIME }, { { "nodiratime", 10 }, MS_NODIRATIME },
		{ { "relatime", 8 }, MS_RELATIME }, { { "nodev", 5 }, MS_NODEV },
		{ { "nosuid", 6 }, MS_NOSUID }, { { "sync", 4 }, MS_SYNCHRONOUS },
		{ { "defaults", 8 }, 0 }, { { "ro", 2 }, MS_RDONLY }, { { "rw", 2 }, 0 },
	};
	struct buf rest = { .s = b->s };

	while (text.n) {
		struct str word = str_take(&text, ',');
		size_t i = 0;

		while (i < countof(known) && !str_eq(word, known[i].word))
			i++;
		if (i < countof(known))
			b->flags |= known[i].flag;
		else
			buf_format(&rest, "%s%.*s", rest.n ? "," : "", FMT(word));
	}
	b->data = buf_str(&rest);
}

static void boot_word(struct boot *b, struct str key, struct str value)
{
	if (str_eq(key, S("root")))
		b->root = value;
	else if (str_eq(key, S("rootfstype")))
		b->types = value;
	else if (str_eq(key, S("rootflags")))
		boot_flags(b, value);
	else if (str_eq(key, S("ro")))
		b->flags |= MS_RDONLY;
	else if (str_eq(key, S("rw")))
		b->flags &= ~(unsigned long)MS_RDONLY;
	else if (str_eq(key, S("rootwait")))
		b->limit = value.n ? boot_seconds(value) : UINT64_MAX;
	else if (str_eq(key, S("rootdelay")))
		b->limit = boot_seconds(value);
	else if (str_eq(key, S("init")))
		b->init = value.n ? scope_text(b->s, value) : NULL;
	else if (str_eq(key, S("panic")))
		b->panic = value;
}

/* Read the command line `text`, which must stay. */
static void boot_parse(struct scope *s, struct str text, struct boot *b)
{
	*b = (struct boot){ .s = s, .flags = MS_RDONLY, .limit = 1000 * BOOT_LIMIT };
	text.n = str_find(text, '\n');
	while (text.n) {
		struct str value = boot_plain(modconf_argument(&text)), key;

		if (str_eq(value, S("--")))
			break;
		key = str_take(&value, '=');
		boot_word(b, key, boot_plain(value));
	}
}

static int boot_read(struct kml *k, struct scope *s, struct boot *b)
{
	struct str text;
	int r = sys_read_file(k, s, "/proc/cmdline", &text);

	if (r < 0)
		return fail_in(k, r, "/proc/cmdline");
	boot_parse(s, text, b);
	return 0;
}

/* ---- devices ------------------------------------------------------------- */

/* The value of `key` in the uevent file of the device directory `dir`. */
static struct str boot_uevent(struct kml *k, struct scope *s, const char *dir, struct str key)
{
	struct str text = { 0 };

	if (sys_read_file(k, s, scope_format(s, "%s/uevent", dir), &text) < 0)
		return S("");
	while (text.n) {
		struct str line = str_take(&text, '\n');

		if (str_eq(str_take(&line, '='), key))
			return line;
	}
	return S("");
}

static const char *boot_node(struct kml *k, struct scope *s, const char *dir)
{
	return scope_format(s, "/dev/%.*s", FMT(boot_uevent(k, s, dir, S("DEVNAME"))));
}

static bool boot_same(struct str a, struct str b)
{
	return a.n && a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* Is the partition `dir`, below its disk's directory, called `value`? */
static bool boot_is_partition(struct kml *k, struct scope *s, const char *dir, struct str value)
{
	struct str own = boot_uevent(k, s, dir, S("PARTUUID")), text, disk;
	char uuid[SUPERBLOCK_UUID];
	uint64_t number;

	if (own.n)
		return boot_same(own, value);
	if (sys_read_file(k, s, scope_format(s, "%s/partition", dir), &text) < 0 ||
	    !str_uint(str_trim(text), &number) ||
	    root_head(k, s, boot_node(k, s, scope_format(s, "%s/..", dir)), SUPERBLOCK_SIZE,
	              &disk) < 0)
		return false;
	superblock_partition(disk, number, uuid);
	return boot_same(str_of(uuid), value);
}

/* Is the device `dir` the one that has `value` as its `key`?  Then *d is it. */
static bool boot_is(struct kml *k, struct scope *s, const char *dir, struct str key,
                    struct str value, struct boot_device *d)
{
	struct str head;

	if (str_eq(key, S("PARTLABEL")))
		return str_eq(boot_uevent(k, s, dir, S("PARTNAME")), value);
	if (str_eq(key, S("PARTUUID")))
		return boot_is_partition(k, s, dir, value);
	if (root_head(k, s, d->path, SUPERBLOCK_SIZE, &head) < 0 ||
	    !superblock_read(head, &d->super))
		return false;
	return str_eq(key, S("UUID")) ? boot_same(str_of(d->super.uuid), value) :
	       str_eq(d->super.label, value);
}

/* A label, which anybody may have written, for a console. */
static const char *boot_shown(struct scope *s, struct str label)
{
	char *p = scope_text(s, label);

	for (size_t i = 0; i < label.n; i++)
		if ((unsigned char)p[i] < ' ' || p[i] == 127)
			p[i] = '?';
	return p;
}

/* Go through the block devices for `value`; with no key, tell them. */
static bool boot_search(struct kml *k, struct scope *s, struct str key, struct str value,
                        struct boot_device *d)
{
	struct sys_entry *v;
	size_t n;
	bool found = false;

	if (sys_list(k, s, "/sys/class/block", &v, &n) < 0)
		n = 0;
	for (size_t i = 0; i < n && !found; i++) {
		const char *dir = scope_format(s, "/sys/class/block/%s", v[i].name);
		struct str size;

		if (sys_read_file(k, s, scope_format(s, "%s/size", dir), &size) < 0 ||
		    str_eq(str_trim(size), S("0")))
			continue;
		d->path = boot_node(k, s, dir);
		if (key.n)
			found = boot_is(k, s, dir, key, value, d);
		else if (boot_is(k, s, dir, S("LABEL"), S(""), d) || d->super.type)
			note(k, KML_ERROR, "there is %s: %s, UUID=%s, LABEL=%s", d->path,
			     d->super.type, d->super.uuid, boot_shown(s, d->super.label));
		else
			note(k, KML_ERROR, "there is %s", d->path);
		d->super.type = found ? d->super.type : NULL;
	}
	return found || (!key.n && n);
}

/* The names under which udev shows what others are called. */
static struct str boot_alias(struct scope *s, struct str root)
{
	static const char *const known[][2] = {
		{ "/dev/disk/by-uuid/", "UUID" }, { "/dev/disk/by-label/", "LABEL" },
		{ "/dev/disk/by-partuuid/", "PARTUUID" }, { "/dev/disk/by-partlabel/", "PARTLABEL" },
	};

	for (size_t i = 0; i < countof(known); i++)
		if (str_starts(root, str_of(known[i][0])))
			return str_of(scope_format(s, "%s=%.*s", known[i][1],
			                           FMT(str_from(root, strlen(known[i][0])))));
	return root;
}

/* Is the root device there? */
static bool boot_find(struct kml *k, struct scope *s, const struct boot *b,
                      struct boot_device *d)
{
	struct str value = boot_alias(s, b->root), key;
	dev_t id;

	*d = (struct boot_device){ .path = scope_text(s, value) };
	if (value.n && value.p[0] == '/')
		return root_is_device(k, s, d->path, &id);
	key = str_take(&value, '=');
	if (value.n)
		return boot_search(k, s, key, value, d);
	d->path = boot_node(k, s, scope_format(s, "/sys/dev/block/%.*s", FMT(key)));
	return root_is_device(k, s, d->path, &id);
}

/* ---- waiting ------------------------------------------------------------- */

/* Run kml NAME, which says itself what is wrong. */
static void boot_run(struct kml *k, struct scope *s, const char *name, const char *arg,
                     const char *more)
{
	char *argv[] = {
		scope_text(s, S("/proc/self/exe")), scope_text(s, str_of(name)),
		arg ? scope_text(s, str_of(arg)) : NULL, more ? scope_text(s, str_of(more)) : NULL,
		NULL,
	};
	int status;

	if (kernel_run(k, argv, NULL, &status) < 0)
		note(k, KML_ERROR, "kml %s: %s", name, k->msg);
	machine_reap();
}

static int boot_missing(struct kml *k, struct scope *s, const struct boot *b)
{
	struct boot_device d = { 0 };

	if (!boot_search(k, s, S(""), S(""), &d))
		note(k, KML_ERROR, "there are no disks: is the driver in this initramfs?");
	return fail(k, KML_NOTFOUND, "root=%.*s has not appeared within %llu s",
	            FMT(b->root), (unsigned long long)(b->limit / 1000));
}

/* Bring the devices up, and wait for the root's. */
static int boot_wait(struct kml *k, const struct boot *b, struct boot_device *d)
{
	uint64_t waited = 0;
	struct scope *t = scope_begin(b->s);

	boot_run(k, t, "modules-load", NULL, NULL);
	boot_run(k, t, "coldplug", "--settle=50", NULL);
	while (!boot_find(k, t, b, d)) {
		scope_clear(t);
		if (waited >= b->limit)
			return boot_missing(k, t, b);
		(void)machine_sleep(k, BOOT_STEP * 1000000);
		waited += BOOT_STEP;
		if (waited % BOOT_AGAIN == 0)
			boot_run(k, t, "coldplug", "--quiet", NULL);
	}
	return 0;
}

/* ---- mounting ------------------------------------------------------------ */

/* Load the file system `type`, unless the kernel has it. */
static void boot_type(struct kml *k, struct scope *s, const char *type)
{
	struct str text = { 0 };

	if (sys_read_file(k, s, "/proc/filesystems", &text) < 0)
		return;
	while (text.n) {
		struct str line = str_take(&text, '\n');

		if (str_eq(str_from(line, str_find(line, '\t') + 1), str_of(type)))
			return;
	}
	boot_run(k, s, "modprobe", "-q", scope_format(s, "fs-%s", type));
}

/* Mount the device as the first of `types` that it is. */
static int boot_mount(struct kml *k, const struct boot *b, const struct boot_device *d,
                      struct str types)
{
	int r = KML_FAIL;

	while (r < 0 && types.n) {
		const char *type = scope_text(b->s, str_take(&types, ','));

		boot_type(k, b->s, type);
		r = root_mount(k, d->path, BOOT_ROOT, type, b->flags, scope_text(b->s, b->data));
		if (r < 0)
			r = fail_in(k, r, "%s cannot be mounted as %s", d->path, type);
	}
	return r;
}

static int boot_mount_root(struct kml *k, const struct boot *b, struct boot_device *d)
{
	struct str head, types = b->types;

	if (!types.n && !d->super.type) {
		if (root_head(k, b->s, d->path, SUPERBLOCK_SIZE, &head) < 0)
			return fail_in(k, KML_FAIL, "%s", d->path);
		(void)superblock_read(head, &d->super);
	}
	if (!types.n && !d->super.type)
		return fail(k, KML_BAD, "what is on %s is no file system that is known: say "
		            "rootfstype=", d->path);
	return boot_mount(k, b, d, types.n ? types : str_of(d->super.type));
}

/* ---- going there --------------------------------------------------------- */

/* Become the init of the new root; `operands` go with it. */
static int boot_init(struct kml *k, const struct boot *b, char **operands)
{
	static const char *const usual[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh" };
	size_t n = 0;
	char **argv;

	while (operands[n])
		n++;
	argv = news(b->s, char *, n + 2);
	memcpy(argv + 1, operands, n * sizeof *argv);
	for (size_t i = 0; i < (b->init ? 1 : countof(usual)); i++) {
		const char *path = b->init ? b->init : usual[i];

		argv[0] = scope_text(b->s, str_of(path));
		if (root_exec(k, path, argv) != KML_NOTFOUND)
			return fail_in(k, KML_FAIL, "%s of the root file system", path);
	}
	return fail(k, KML_NOTFOUND, "the root file system has no %s", b->init ? b->init :
	            "/sbin/init, /etc/init, /bin/init or /bin/sh");
}

/* Go to the root that b->root names; this only returns if that cannot be. */
static int boot_go(struct kml *k, const struct boot *b, char **operands)
{
	struct boot_device d;
	int r;

	if (!root_is_initial())
		return fail(k, KML_USAGE, "this is no initramfs but a root file system already, and "
		            "it has no commands for kml init in /etc/kml/init");
	if ((r = boot_wait(k, b, &d)) < 0 || (r = boot_mount_root(k, b, &d)) < 0)
		return r;
	if ((r = root_switch(k, b->s, BOOT_ROOT)) < 0)
		return fail_in(k, r, "the change to %s", d.path);
	return boot_init(k, b, operands);
}

/* What follows when that could not be: as with the kernel's own panic, the machine
 * starts again after panic= seconds, at once if that is negative, else it stays. */
static int boot_stay(struct kml *k, const struct boot *b)
{
	uint64_t seconds = 0;

	if (b->panic.n && b->panic.p[0] == '-')
		return root_restart(k);
	if (!str_uint(b->panic, &seconds) || !seconds)
		note(k, KML_ERROR, "the machine stays as it is: start it again");
	(void)machine_sleep(k, seconds && seconds < 1000000 ? seconds * 1000000000 : UINT64_MAX);
	return root_restart(k);
}

#endif
