/* cmd_tree.c - show what modules need, and who needs them. */
#ifndef KML_CMD_TREE_C
#define KML_CMD_TREE_C

#include "../ground/env.c"
#include "../ground/opt.c"
#include "../format/emit.c"
#include "../module/config.c"
#include "../module/needs.c"

struct tree_args {
	bool reverse, symbols, path, dot, json;
	const char *dir, *version;
	struct opt_list config;
};

#define TREE_OPT(field, letter, word, arg, help) \
	OPT(struct tree_args, field, letter, word, arg, help)

static const struct opt tree_opts[] = {
	TREE_OPT(reverse, 'r', "reverse", NULL, "who needs the module, not what it needs"),
	TREE_OPT(symbols, 's', "symbols", NULL, "with the symbols that are needed"),
	TREE_OPT(path, 'p', "path", NULL, "with the files"),
	TREE_OPT(dot, 0, "dot", NULL, "print a graph for Graphviz"),
	TREE_OPT(json, 0, "json", NULL, "print JSON"),
	TREE_OPT(config, 'C', "config", "FILE", "read FILE, not /etc/modprobe.d and its like"),
	TREE_OPT(dir, 'd', "dirname", "DIR", "modules are in DIR/lib/modules/VERSION"),
	TREE_OPT(version, 'S', "set-version", "VERSION", "instead of the running kernel's"),
};

static const char *const tree_states[] = { "missing", "builtin", "not loaded", "loaded" };
static const char *const tree_hows[] = { "pre", "needs", "post", "weak" };

/* What is known of the state; of a kernel that does not run a file is a file. */
static const char *tree_state(const struct needs *g, const struct needs_node *n)
{
	return n->state == NEEDS_FILE && !g->live ? "file" : tree_states[n->state];
}

static const struct needs_edge *tree_edges(const struct tree_args *o, const struct needs_node *n)
{
	return o->reverse ? n->users : n->edges;
}

/* ---- for people ---------------------------------------------------------- */

enum { TREE_DEEPEST = 128 };

struct tree_print {
	const struct tree_args *o;
	const struct needs *g;
	struct buf *out;
	const char *last, *branch, *bar;        /* what lines are drawn with */
	bool ended[TREE_DEEPEST];
	bool again;
};

static bool tree_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *text = NULL;

	for (size_t i = 0; !text && i < countof(names); i++)
		text = env_get(names[i]);
	return text && (strcasestr(text, "utf-8") || strcasestr(text, "utf8"));
}

/* Text from a file, on a terminal: as far as it is plain. */
static void tree_plain(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_byte(b, text.p[i] < ' ' || text.p[i] > '~' ? '?' : text.p[i]);
}

static void tree_symbols(struct buf *b, const struct needs_edge *e)
{
	for (const struct needs_symbol *sym = e->first; sym; sym = sym->next) {
		buf_add(b, sym == e->first ? S(": ") : S(" "));
		tree_plain(b, sym->name);
	}
}

static void tree_line(struct tree_print *p, const struct needs_node *n,
                      const struct needs_edge *by, int depth)
{
	for (int i = 1; i < depth; i++)
		buf_format(p->out, "%s", p->ended[i] ? "    " : p->bar);
	if (depth)
		buf_format(p->out, "%s", p->ended[depth] ? p->last : p->branch);
	if (by && by->how != NEEDS_HARD)
		buf_format(p->out, "%s: ", tree_hows[by->how]);
	tree_plain(p->out, n->module->name);
	if (n->state != NEEDS_FILE || p->g->live)
		buf_format(p->out, " (%s)", tree_state(p->g, n));
	if (n->guess)
		buf_add(p->out, S(" (by modules.dep)"));
	if (p->o->path && n->module->path) {
		buf_byte(p->out, ' ');
		tree_plain(p->out, str_of(n->module->path));
	}
	if (p->o->symbols && by)
		tree_symbols(p->out, by);
}

/* `n` and what is below it, unless that was shown before. */
static void tree_below(struct tree_print *p, struct needs_node *n, const struct needs_edge *by,
                       int depth)
{
	const struct needs_edge *e = tree_edges(p->o, n);
	bool deep = depth + 1 == TREE_DEEPEST;

	tree_line(p, n, by, depth);
	if (e && (n->mark || deep)) {
		buf_add(p->out, deep ? S(" ...") : S(" *"));
		p->again |= !deep;
		e = NULL;
	}
	buf_byte(p->out, '\n');
	n->mark = 1;
	for (; e; e = e->next) {
		p->ended[depth + 1] = !e->next;
		tree_below(p, e->to, e, depth + 1);
	}
}

static void tree_text(const struct tree_args *o, const struct needs *g, struct buf *out)
{
	bool wide = tree_utf8();
	struct tree_print p = {
		.o = o, .g = g, .out = out,
		.last = wide ? "\xe2\x94\x94\xe2\x94\x80\xe2\x94\x80 " : "`-- ",
		.branch = wide ? "\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80 " : "|-- ",
		.bar = wide ? "\xe2\x94\x82   " : "|   ",
	};

	for (struct needs_node *n = g->first; n; n = n->next)
		if (n->root)
			tree_below(&p, n, NULL, 0);
	if (p.again)
		buf_add(out, S("(*) shown above\n"));
}

/* ---- for Graphviz -------------------------------------------------------- */

static void tree_quote(struct buf *b, struct str text)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_byte(b, '\\');
		tree_plain(b, (struct str){ text.p + i, 1 });
	}
	buf_byte(b, '"');
}

static void tree_dot_edge(const struct tree_args *o, struct buf *b, const struct needs_node *n,
                          const struct needs_edge *e)
{
	const struct needs_symbol *sym = o->symbols ? e->first : NULL;
	struct buf label = { .s = b->s };

	buf_byte(b, '\t');
	tree_quote(b, n->module->name);
	buf_add(b, S(" -> "));
	tree_quote(b, e->to->module->name);
	if (e->how != NEEDS_HARD)
		buf_format(b, " [style=dashed, label=\"%s\"]", tree_hows[e->how]);
	for (; sym; sym = sym->next) {
		buf_add(&label, label.n ? S(" ") : S(""));
		buf_add(&label, sym->name);
	}
	if (label.n) {
		buf_add(b, S(" [label="));
		tree_quote(b, buf_str(&label));
		buf_byte(b, ']');
	}
	buf_add(b, S(";\n"));
}

/* Loaded is filled, built in round, missing dotted. */
static void tree_dot(const struct tree_args *o, const struct needs *g, struct buf *b)
{
	static const char *const styles[] = { "dotted", "rounded", "solid", "filled" };

	buf_add(b, S("digraph modules {\n\tnode [shape=box];\n"));
	for (const struct needs_node *n = g->first; n; n = n->next) {
		if (o->reverse && !n->user)
			continue;
		buf_byte(b, '\t');
		tree_quote(b, n->module->name);
		buf_format(b, " [style=%s%s];\n", styles[n->state],
		           n->root ? ", penwidth=2" : "");
		for (const struct needs_edge *e = n->edges; e; e = e->next)
			if (!o->reverse || e->to->user)
				tree_dot_edge(o, b, n, e);
	}
	buf_add(b, S("}\n"));
}

/* ---- for programs -------------------------------------------------------- */

static void tree_json_edge(const struct tree_args *o, struct buf *b, const struct needs_edge *e)
{
	emit_open(b, '{');
	emit_key(b, S("name"));
	emit_bytes(b, e->to->module->name);
	emit_pair(b, "how", str_of(tree_hows[e->how]));
	if (o->symbols) {
		emit_key(b, S("symbols"));
		emit_open(b, '[');
		for (const struct needs_symbol *sym = e->first; sym; sym = sym->next)
			emit_bytes(b, sym->name);
		emit_close(b, ']');
	}
	emit_close(b, '}');
}

static void tree_json(const struct tree_args *o, const struct needs *g, struct buf *b)
{
	emit_open(b, '{');
	emit_key(b, S("modules"));
	emit_open(b, '[');
	for (const struct needs_node *n = g->first; n; n = n->next) {
		if (o->reverse && !n->user)
			continue;
		emit_open(b, '{');
		emit_key(b, S("name"));
		emit_bytes(b, n->module->name);
		emit_pair(b, "state", str_of(tree_state(g, n)));
		emit_key(b, S("asked"));
		emit_word(b, n->root ? S("true") : S("false"));
		if (n->module->path) {
			emit_key(b, S("path"));
			emit_bytes(b, str_of(n->module->path));
		}
		emit_key(b, S("needs"));
		emit_open(b, '[');
		for (const struct needs_edge *e = n->edges; e; e = e->next)
			if (!o->reverse || e->to->user)
				tree_json_edge(o, b, e);
		emit_close(b, ']');
		emit_close(b, '}');
	}
	emit_close(b, ']');
	emit_close(b, '}');
	buf_byte(b, '\n');
}

/* ---- the command --------------------------------------------------------- */

static int tree_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	struct tree_args o = *(const struct tree_args *)args;
	const char *running, *dir;
	struct buf out = { .s = s };
	struct modconf conf;
	struct order order;
	struct needs *g;
	int r = kernel_release(k, s, &running);

	if (r < 0 || (r = live_directory(k, s, o.dir, o.version, &dir)) < 0)
		return r;
	if (o.config.n)
		opt_append(s, &o.config, NULL);
	config_read(k, s, o.config.v, dir, &conf);
	order = order_begin(s, dir, &conf);
	g = needs_new(s, &order, !o.dir && (!o.version || !strcmp(o.version, running)));
	for (; *operands; operands++)
		if ((r = needs_root(k, g, *operands)) < 0)
			return r;
	if ((r = o.reverse ? needs_up(k, g) : needs_down(k, g)) < 0)
		return r;
	if (o.json)
		tree_json(&o, g, &out);
	else if (o.dot)
		tree_dot(&o, g, &out);
	else
		tree_text(&o, g, &out);
	fwrite(out.p, 1, out.n, stdout);
	return 0;
}

static const struct applet applet_tree = {
	.name = "tree", .synopsis = "[OPTION]... MODULE...",
	.brief = "Show what modules need, and who needs them.",
	.detail = "MODULE is a name or an alias.  Each module stands above those whose symbols it uses "
	          "itself, which its file and\n.Pa modules.symbols.bin\ntell, and with its state: "
	          "loaded, not loaded, builtin or missing.  "
	          "Soft dependencies are marked pre or post, and what only a maker of an initramfs "
	          "shall not forget, weak.  What was shown before is marked with an asterisk and not "
	          "shown again.\n.Pp\nWith\n"
	          ".Fl -reverse\nonly those are shown that cannot do without it.  In the graph for "
	          "Graphviz what is loaded is filled, what is built in round, and what is missing "
	          "dotted.",
	.opts = tree_opts, .nopts = countof(tree_opts),
	.argsize = sizeof(struct tree_args), .min = 1, .max = -1,
	.run = tree_run,
};

#endif
