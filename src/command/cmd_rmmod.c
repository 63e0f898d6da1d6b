/* cmd_rmmod.c - take modules out of the kernel, and nothing else. */
#ifndef KML_CMD_RMMOD_C
#define KML_CMD_RMMOD_C

#include "../ground/opt.c"
#include "../module/live.c"
#include "../module/loader.c"
#include "../module/order.c"
#include "../module/refusal.c"
#include "../module/who.c"
#include "kmod.c"

struct rmmod_args { bool force, syslog; int verbose; };

static const struct opt rmmod_opts[] = {
	OPT(struct rmmod_args, force, 'f', "force", NULL, "also what is in use: dangerous"),
	OPT(struct rmmod_args, syslog, 's', "syslog", NULL,
	    "messages go to /dev/log, or to the kernel's log"),
	OPT(struct rmmod_args, verbose, 'v', "verbose", NULL, "say more of a refusal"),
};

/* The kernel's index of built-in modules, which may be missing. */
static bool rmmod_builtin(struct kml *k, struct order *o, struct str name)
{
	return o && order_builtin(k, o, name);
}

/* Why the kernel would refuse; 0 if nothing is known. */
static int rmmod_check(struct kml *k, struct scope *s, struct order *o, struct str name)
{
	struct buf who = { .s = s };
	struct sys_entry *e;
	uint64_t users = 0;
	size_t n;

	if (live_state(k, s, name) == LIVE_GONE || rmmod_builtin(k, o, name)) {
		note(k, KML_ERROR, rmmod_builtin(k, o, name) ? "Module %.*s is builtin." :
		     "Module %.*s is not currently loaded", FMT(name));
		return KML_FAIL;
	}
	live_holders(k, s, name, &e, &n);
	for (size_t i = 0; i < n; i++)
		buf_format(&who, " %s", e[i].name);
	if (n)
		note(k, KML_ERROR, "Module %.*s is in use by:%.*s", FMT(name), (int)who.n, who.p);
	else if (live_users(k, s, name, &users) < 0)
		note(k, KML_ERROR, "Module unloading is not supported");
	else if (users)
		note(k, KML_ERROR, "Module %.*s is in use", FMT(name));
	else
		return 0;
	who_explain(k, s, o, name, EAGAIN, n > 0);
	return KML_FAIL;
}

/* The module in the file `word`, or of that name; the path of no file is no name. */
static struct str rmmod_name(struct kml *k, struct scope *s, struct str word)
{
	struct str name = modname_of_path(s, word);

	if (str_find(word, '/') < word.n && !sys_exists(k, s, word.p))
		return (struct str){ word.p, word.n - str_base(word).n + name.n };
	return name;
}

static int rmmod_one(struct kml *k, struct scope *s, const struct rmmod_args *o,
                     const char *word)
{
	struct str name = rmmod_name(k, s, str_of(word));
	struct order *order = refusal_tree(k, s);
	int verdict, r;

	if (!o->force && (r = rmmod_check(k, s, order, name)) < 0)
		return r;
	r = loader_remove(k, scope_text(s, name), o->force, &verdict);
	if (r < 0) {
		note(k, KML_ERROR, "could not remove '%.*s': %s", FMT(name), k->msg);
		note(k, KML_ERROR, "could not remove module %s: %s", word, k->msg);
		who_explain(k, s, order, name, verdict, false);
	}
	return r;
}

static int rmmod_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct rmmod_args *o = args;
	bool bad = false;

	if (o->syslog)
		kmod_log(k, s, "rmmod");
	if (!*operands) {
		note(k, KML_ERROR, "missing module name.");
		return kmod_failed(k);
	}
	for (; *operands; operands++) {
		struct scope *t = scope_begin(s);

		bad |= rmmod_one(k, t, o, *operands) < 0;
		scope_end(t);
	}
	return bad ? kmod_failed(k) : 0;
}

static const struct applet applet_rmmod = {
	.name = "rmmod", .synopsis = "[OPTION]... MODULE...",
	.brief = "Take modules out of the kernel.",
	.detail = "MODULE is a name or the path of the module's file.",
	.opts = rmmod_opts, .nopts = countof(rmmod_opts),
	.argsize = sizeof(struct rmmod_args), .max = -1, .kmod = true,
	.run = rmmod_run,
};

#endif
