/* cmd_coldplug.c - load the modules that the machine's devices ask for. */
#ifndef KML_CMD_COLDPLUG_C
#define KML_CMD_COLDPLUG_C

#include "../ground/machine.c"
#include "../ground/opt.c"
#include "../ground/save.c"
#include "../format/chart.c"
#include "../format/emit.c"
#include "../format/modlist.c"
#include "../module/modalias.c"
#include "bulk.c"

struct coldplug_args {
	struct bulk_args bulk;
	opt_number settle;
	bool json;
	const char *chart;
};

#define COLDPLUG_OPT(field, letter, word, arg, help) \
	OPT(struct coldplug_args, field, letter, word, arg, help)

static const struct opt coldplug_opts[] = {
	COLDPLUG_OPT(settle, 0, "settle", "MS", "look until nothing new came for so long"),
	COLDPLUG_OPT(json, 0, "json", NULL, "print what became of each module, and when"),
	COLDPLUG_OPT(chart, 0, "chart", "FILE", "draw into FILE (SVG) when what was done"),
	BULK_OPTS(struct coldplug_args),
};

enum { COLDPLUG_INPUT = 16 << 20, COLDPLUG_PAUSE = 20 };       /* bytes; ms */

struct coldplug {
	struct bulk bulk;
	struct modalias_set *set;
	struct modalias **next;         /* the first that was not looked up */
	size_t unknown, rounds;
	uint64_t from;
};

/* ---- devices ------------------------------------------------------------- */

static int coldplug_input(struct kml *k, struct scope *s, struct coldplug *c)
{
	struct buf b = { .s = s };
	size_t got = 1;
	struct str text, name;

	while (got && b.n < COLDPLUG_INPUT) {
		int r = sys_read(k, STDIN_FILENO, buf_room(&b, 65536), 65536, &got);

		if (r < 0)
			return fail_in(k, r, "standard input");
		b.n += got;
	}
	if (got)
		return fail(k, KML_BAD, "standard input: more than %d MiB", COLDPLUG_INPUT >> 20);
	text = buf_str(&b);
	while ((name = modlist_next(&text)).n)
		if (!modalias_add(c->set, name))
			return fail(k, KML_BAD, "standard input: more than %d modaliases",
			            MODALIAS_MOST);
	return 0;
}

/* Look up what is new, and load it; how many modules were. */
static size_t coldplug_round(struct kml *k, struct coldplug *c)
{
	c->rounds++;
	for (; *c->next; c->next = &(*c->next)->next)
		c->unknown += !bulk_want(k, &c->bulk, (*c->next)->text, *c->next);
	return bulk_load(k, &c->bulk);
}

/* A driver may find devices that ask for drivers: look again while that goes on, and
 * until nothing came for `settle` ms. */
static int coldplug_devices(struct kml *k, struct coldplug *c, uint64_t settle)
{
	uint64_t last = kernel_clock(), left;
	size_t loaded = 1, before = 0;
	int r = 0;

	while (r == 0) {
		if ((r = modalias_walk(k, c->set)) < 0)
			return r != KML_NOTFOUND ? r :
				fail(k, r, "there is no /sys/devices: mount sysfs, or give "
				     "modaliases on standard input with -");
		loaded = c->set->n > before ? coldplug_round(k, c) : 0;
		before = c->set->n;
		if (loaded) {
			last = kernel_clock();
			continue;
		}
		left = (kernel_clock() - last) / 1000;
		left = left < settle ? settle - left : 0;
		if (!left)
			break;
		r = machine_sleep(k, 1000000 * (left < COLDPLUG_PAUSE ? left : COLDPLUG_PAUSE));
	}
	return r > 0 ? fail(k, KML_FAIL, "interrupted") : r;
}

/* ---- what became of them ------------------------------------------------- */

static void coldplug_emit_asked(struct buf *b, const struct batch_node *nd)
{
	emit_key(b, S("asked"));
	emit_open(b, '[');
	for (const struct batch_reason *r = nd->reasons; r; r = r->next) {
		const struct modalias *a = r->by;

		emit_open(b, '{');
		emit_key(b, S("modalias"));
		emit_bytes(b, a->text);
		emit_key(b, S("devices"));
		emit_open(b, '[');
		for (const struct modalias_device *d = a->devices; d; d = d->next)
			emit_bytes(b, d->path);
		emit_close(b, ']');
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static void coldplug_emit_times(struct buf *b, const struct coldplug *c,
                                const struct batch_node *nd)
{
	static const char *const words[] = { "read", "decode", "init" };

	for (int i = LOADER_READ; i < LOADER_END; i++) {
		emit_key(b, str_of(words[i]));
		emit_open(b, '[');
		emit_uint(b, nd->times.at[i] - c->from);
		emit_uint(b, nd->times.at[i + 1] - c->from);
		emit_close(b, ']');
	}
	emit_key(b, S("worker"));
	emit_uint(b, (uint64_t)nd->worker + 1);
}

/* A driver that finds nothing to drive has not failed. */
static bool coldplug_idle(const struct batch_node *nd)
{
	return nd->state >= BATCH_FAILED && nd->verdict == ENODEV;
}

static void coldplug_emit_module(struct buf *b, const struct coldplug *c,
                                 const struct batch_node *nd)
{
	emit_open(b, '{');
	emit_key(b, S("name"));
	emit_bytes(b, nd->name);
	if (nd->m && nd->m->path) {
		emit_key(b, S("path"));
		emit_bytes(b, str_of(nd->m->path));
	}
	emit_pair(b, "state", coldplug_idle(nd) ? S("no device") :
	          str_of(batch_states[nd->state]));
	if (nd->state == BATCH_FAILED || nd->state == BATCH_SKIPPED) {
		emit_key(b, S("error"));
		emit_bytes(b, nd->state == BATCH_SKIPPED ? str_of(scope_format(b->s,
		           "it needs '%s'", nd->why)) : str_of(nd->why));
		emit_key(b, S("errno"));
		emit_uint(b, (uint64_t)nd->verdict);
	}
	emit_key(b, S("needs"));
	emit_open(b, '[');
	for (size_t i = 0; nd->m && i < nd->m->ndeps; i++)
		emit_bytes(b, nd->m->deps[i]->name);
	emit_close(b, ']');
	coldplug_emit_asked(b, nd);
	if (nd->times.at[LOADER_READ])
		coldplug_emit_times(b, c, nd);
	emit_close(b, '}');
}

static void coldplug_json(struct scope *s, const struct coldplug *c)
{
	const struct batch *all = c->bulk.batch;
	struct buf b = { .s = s };

	emit_open(&b, '{');
	emit_key(&b, S("directory"));
	emit_bytes(&b, str_of(c->bulk.dir));
	emit_key(&b, S("modaliases"));
	emit_uint(&b, c->set->n);
	emit_key(&b, S("unknown"));
	emit_uint(&b, c->unknown);
	emit_key(&b, S("modules"));
	emit_open(&b, '[');
	for (size_t i = 0; i < all->n; i++)
		coldplug_emit_module(&b, c, all->plan[i]);
	for (size_t i = 0; i < all->nrefused; i++)
		if (!all->refused[i]->planned)
			coldplug_emit_module(&b, c, all->refused[i]);
	emit_close(&b, ']');
	emit_close(&b, '}');
	buf_byte(&b, '\n');
	fwrite(b.p, 1, b.n, stdout);
}

static int coldplug_chart(struct kml *k, struct scope *s, const struct coldplug *c,
                          const char *path)
{
	static const char *const steps[] = { "reading", "decoding", "initialising" };
	const struct batch *all = c->bulk.batch;
	struct chart_bar *v = news(s, struct chart_bar, all->n);
	struct buf b = { .s = s };
	size_t n = 0;
	int r;

	for (size_t i = 0; i < all->n; i++) {
		const struct batch_node *nd = all->plan[i];

		if (!nd->times.at[LOADER_READ])
			continue;
		v[n] = (struct chart_bar){ .name = nd->name, .worker = nd->worker,
		                           .failed = nd->state == BATCH_FAILED &&
		                                     !coldplug_idle(nd) };
		memcpy(v[n++].at, nd->times.at, sizeof v->at);
	}
	chart_draw(&b, scope_format(s, "kml coldplug: %zu modules of %s", n, c->bulk.dir), steps,
	           v, n);
	r = save_file(k, s, path, buf_str(&b));
	return r < 0 ? fail_in(k, r, "%s", path) : 0;
}

/* ---- the command --------------------------------------------------------- */

static int coldplug_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct coldplug_args *a = args;
	struct coldplug *c = new(s, struct coldplug);
	bool input = *operands, bad = false;
	int r;

	if (input && strcmp(*operands, "-"))
		return fail(k, KML_USAGE, "'%s' is not -, which reads modaliases from standard "
		            "input", *operands);
	if ((r = bulk_begin(k, s, "coldplug", &a->bulk, &c->bulk)) < 0)
		return r;
	if (a->json)
		c->bulk.probe.show = NULL;
	c->set = modalias_new(s);
	c->next = &c->set->first;
	c->from = kernel_clock();
	if (input && (r = coldplug_input(k, s, c)) == 0)
		coldplug_round(k, c);
	else if (!input)
		r = coldplug_devices(k, c, a->settle > 0 ? (uint64_t)a->settle : 0);
	if (r < 0 && !c->rounds)
		return r;
	if (r < 0)
		note(k, KML_ERROR, "%s", k->msg), bad = true;
	if (a->json)
		coldplug_json(s, c);
	if (a->chart && (r = coldplug_chart(k, s, c, a->chart)) < 0)
		note(k, KML_ERROR, "%s", k->msg), bad = true;
	return bulk_end(k, &c->bulk, KML_WARNING, true, bad);
}

static const struct applet applet_coldplug = {
	.name = "coldplug", .synopsis = "[OPTION]... [-]",
	.brief = "Load the modules that the machine's devices ask for.",
	.detail = "Every device below /sys/devices that has a modalias is looked up as modprobe\n"
	          "does it, with the configuration of modprobe.d(5) and the blacklist.  What does\n"
	          "not depend on each other is loaded at the same time.  New devices that drivers\n"
	          "find are looked up too, until there are no more.  With - the modaliases are\n"
	          "lines of standard input, and no device is looked at.\n"
	          ".Pp\n"
	          "That a module finds nothing to drive is no failure.  Others are told in a line\n"
	          "each, and end the command with status 1 when all else is loaded.\n"
	          "Times that --json prints are microseconds since the beginning.",
	.opts = coldplug_opts, .nopts = countof(coldplug_opts),
	.argsize = sizeof(struct coldplug_args), .max = 1,
	.run = coldplug_run,
};

#endif
