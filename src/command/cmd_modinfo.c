/* cmd_modinfo.c - print what modules say of themselves. */
#ifndef KML_CMD_MODINFO_C
#define KML_CMD_MODINFO_C

#include "../ground/opt.c"
#include "../format/modinfo.c"
#include "../format/modsig.c"
#include "../module/live.c"
#include "../module/modfile.c"
#include "../module/order.c"
#include "../module/tree.c"
#include "kmod.c"

struct modinfo_args {
	bool null, name;
	const char *field, *version, *dir;      /* -a is -F author, and so on */
};

#define MODINFO_OPT(field, letter, word, arg, help) \
	OPT(struct modinfo_args, field, letter, word, arg, help)

static const char modinfo_parameters[] = "parameters";  /* which is no field's name */

static const struct opt modinfo_opts[] = {
	MODINFO_OPT(field, 'a', "author", NULL, "only its authors"),
	MODINFO_OPT(field, 'd', "description", NULL, "only its description"),
	MODINFO_OPT(field, 'l', "license", NULL, "only its license"),
	MODINFO_OPT(field, 'p', modinfo_parameters, NULL, "only its parameters, with their types"),
	MODINFO_OPT(field, 'n', "filename", NULL, "only where it is"),
	MODINFO_OPT(field, 'F', "field", "NAME", "only the field NAME"),
	MODINFO_OPT(null, '0', "null", NULL, "end each value with NUL, not with a new line"),
	MODINFO_OPT(name, 'm', "modname", NULL, "an operand is no file and no alias"),
	MODINFO_OPT(version, 'k', "set-version", "VERSION", "instead of the running kernel's"),
	MODINFO_OPT(dir, 'b', "basedir", "DIR", "modules are in DIR/lib/modules/VERSION"),
};

struct modinfo_out {
	const char *field;              /* NULL: all */
	char end;
	struct modinfo info;
	struct modinfo_param {
		struct modinfo_param *next;
		struct str name, text, type;
	} *params;                      /* in the reverse order of the file */
};

/* ---- parameters ---------------------------------------------------------- */

/* "NAME:TEXT" of a parm or parmtype field, put with what else is known of NAME. */
static void modinfo_param(struct kml *k, struct scope *s, struct modinfo_out *o,
                          const struct modinfo_field *f)
{
	bool type = str_eq(f->key, S("parmtype"));
	struct str text = f->value, name = str_take(&text, ':');
	struct modinfo_param *p = o->params;

	if (name.n == f->value.n) {
		note(k, KML_ERROR, "Found invalid \"%.*s=%.*s\": missing ':'", FMT(f->key),
		     FMT(f->value));
		return;
	}
	while (p && !str_eq(p->name, name))
		p = p->next;
	if (!p) {
		p = new(s, struct modinfo_param);
		*p = (struct modinfo_param){ .next = o->params, .name = name };
		o->params = p;
	}
	*(type ? &p->type : &p->text) = text;
}

/* Types are in brackets behind a text, or alone when all is listed. */
static void modinfo_print_params(struct kml *k, struct scope *s, struct modinfo_out *o)
{
	for (size_t i = 0; i < o->info.n; i++) {
		const struct modinfo_field *f = &o->info.fields[i];

		if (str_eq(f->key, S("parm")) || str_eq(f->key, S("parmtype")))
			modinfo_param(k, s, o, f);
	}
	for (const struct modinfo_param *p = o->params; p; p = p->next) {
		printf("%s%.*s:", o->field ? "" : "parm:           ", FMT(p->name));
		if (!p->text.p && !o->field)
			printf("%.*s", FMT(p->type));
		else if (!p->type.p)
			printf("%.*s", FMT(p->text));
		else
			printf("%.*s (%.*s)", FMT(p->text), FMT(p->type));
		putchar(o->end);
	}
}

/* ---- fields -------------------------------------------------------------- */

static void modinfo_print(const struct modinfo_out *o, struct str key, struct str value)
{
	if (o->field ? !str_eq(key, str_of(o->field)) :
	               str_eq(key, S("parm")) || str_eq(key, S("parmtype")))
		return;
	if (o->field)
		printf("%.*s%c", FMT(value), o->end);
	else if (!o->end)
		printf("%.*s=%.*s%c", FMT(key), FMT(value), '\0');
	else
		printf("%.*s:%*s%.*s\n", FMT(key), key.n < 15 ? (int)(15 - key.n) : 0, "",
		       FMT(value));
}

/* Bytes as "0A:1B", twenty on a line. */
static struct str modinfo_hex(struct scope *s, struct str bytes)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (i)
			buf_byte(&b, ':');
		if (i && i % 20 == 0)
			buf_add(&b, S("\n\t\t"));
		buf_byte(&b, "0123456789ABCDEF"[c >> 4]);
		buf_byte(&b, "0123456789ABCDEF"[c & 15]);
	}
	return buf_str(&b);
}

static void modinfo_print_signature(struct kml *k, struct scope *s, const struct modinfo_out *o,
                                    const struct source *src)
{
	struct modsig sig;

	if ((o->field && strncmp(o->field, "sig", 3)) || modsig_read(k, src, &sig) < 0)
		return;
	modinfo_print(o, S("sig_id"), str_of(sig.kind));
	modinfo_print(o, S("signer"), sig.signer);
	modinfo_print(o, S("sig_key"), modinfo_hex(s, sig.key));
	modinfo_print(o, S("sig_hashalgo"), str_of(sig.digest));
	modinfo_print(o, S("signature"), modinfo_hex(s, sig.signature));
}

static void modinfo_print_all(struct kml *k, struct scope *s, struct modinfo_out *o,
                              const struct source *src)
{
	bool params = o->field && !strcmp(o->field, "parm");

	for (size_t i = 0; i < o->info.n && !params; i++)
		modinfo_print(o, o->info.fields[i].key, o->info.fields[i].value);
	if (src)
		modinfo_print_signature(k, s, o, src);
	if (params || !o->field)
		modinfo_print_params(k, s, o);
}

/* ---- modules ------------------------------------------------------------- */

static int modinfo_file(struct kml *k, struct scope *s, struct modinfo_out o, const char *path)
{
	struct source src;
	struct elf e;
	int r;

	if (o.field && !strcmp(o.field, "filename"))
		return printf("%s%c", path, o.end), 0;
	if (!o.field)
		printf("filename:       %s%c", path, o.end);
	if ((r = modfile_open(k, s, path, &src)) < 0 || (r = elf_open(k, s, &src, &e)) < 0 ||
	    (r = modinfo_of(k, s, &e, &o.info)) < 0)
		return r;
	modinfo_print_all(k, s, &o, &src);
	return 0;
}

/* What modules.builtin.modinfo has of module `name`: "NAME.KEY=VALUE" and NUL. */
static struct modinfo modinfo_builtin_fields(struct kml *k, struct scope *s, const char *dir,
                                             struct str name)
{
	struct buf b = { .s = s };
	struct modinfo info = { 0 };
	struct str text;

	if (sys_read_file(k, s, scope_format(s, "%s/modules.builtin.modinfo", dir), &text) < 0)
		return info;
	while (text.n) {
		struct str entry = str_take(&text, '\0');

		if (str_starts(entry, name) && entry.n > name.n && entry.p[name.n] == '.') {
			buf_add(&b, str_from(entry, name.n + 1));
			buf_byte(&b, '\0');
		}
	}
	modinfo_parse(s, buf_str(&b), &info);
	return info;
}

static int modinfo_builtin(struct kml *k, struct scope *s, struct modinfo_out o,
                           const char *dir, struct str name)
{
	if (o.field && !strcmp(o.field, "filename"))
		return printf("(builtin)%c", o.end), 0;
	if (o.field && !strcmp(o.field, "name"))
		return printf("%.*s%c", FMT(name), o.end), 0;
	if (!o.field)
		printf("name:           %.*s%cfilename:       (builtin)%c", FMT(name), o.end, o.end);
	o.info = modinfo_builtin_fields(k, s, dir, name);
	modinfo_print_all(k, s, &o, NULL);
	return 0;
}

static int modinfo_module(struct kml *k, struct scope *s, struct order *order,
                          struct modinfo_out o, struct order_module *m)
{
	int r;

	order_know(k, order, m);
	if (m->path)
		r = modinfo_file(k, s, o, m->path);
	else if (order_builtin(k, order, m->name))
		r = modinfo_builtin(k, s, o, order->dir, m->name);
	else
		r = fail(k, KML_NOTFOUND, "No such file or directory");
	if (r < 0)
		note(k, KML_ERROR, "could not get modinfo from '%.*s': %s", FMT(m->name), k->msg);
	return r;
}

/* The name of a file that is there and could be a module. */
static bool modinfo_is_file(struct kml *k, struct scope *s, const char *word)
{
	struct stat st;

	return tree_stem(str_of(word)).n && sys_stat(k, s, word, 0, &st) == 0 &&
		S_ISREG(st.st_mode);
}

static int modinfo_one(struct kml *k, struct scope *s, struct order *order,
                       const struct modinfo_out *o, const char *word, bool name)
{
	struct order_list found = { .s = order->s };
	struct str normal;
	const char *path;
	int r = 0;

	if (name) {
		if (modname_normal(s, str_of(word), &normal))
			order_append(&found, order_module(order, normal, S("")));
		if (found.n)
			order_know(k, order, found.v[0]);
		if (!found.n || (!found.v[0]->path && !order_builtin(k, order, normal))) {
			note(k, KML_ERROR, "Module name %s not found.", word);
			return KML_NOTFOUND;
		}
	} else if (modinfo_is_file(k, s, word)) {
		if ((r = process_absolute(k, s, word, &path)) < 0)
			return r;
		order_append(&found, order_of_path(order, path));
	} else {
		found = order_lookup(k, order, str_of(word));
	}
	if (!found.n) {
		note(k, KML_ERROR, "Module %s not found.", word);
		return KML_NOTFOUND;
	}
	for (size_t i = 0; i < found.n && r == 0; i++)
		r = modinfo_module(k, s, order, *o, found.v[i]);
	return r;
}

static int modinfo_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	static const struct modconf none;
	const struct modinfo_args *o = args;
	struct modinfo_out out = { .end = o->null ? '\0' : '\n', .field = o->field };
	struct order order;
	const char *dir;
	bool bad = false;
	int r;

	if (!*operands) {
		note(k, KML_ERROR, "missing module or filename.");
		return kmod_failed(k);
	}
	if (out.field == modinfo_parameters)
		out.field = "parm";
	if ((r = live_directory(k, s, o->dir, o->version, &dir)) < 0)
		return r;
	order = order_begin(s, dir, &none);
	for (; *operands; operands++) {
		struct scope *t = scope_begin(s);

		bad |= modinfo_one(k, t, &order, &out, *operands, o->name) < 0;
		scope_end(t);
	}
	return bad ? kmod_failed(k) : 0;
}

static const struct applet applet_modinfo = {
	.name = "modinfo", .synopsis = "[OPTION]... MODULE...",
	.brief = "Print what modules say of themselves.",
	.detail = "MODULE is the path of a module's file, a name or an alias.  A signature is "
	          "shown, not verified.",
	.opts = modinfo_opts, .nopts = countof(modinfo_opts),
	.argsize = sizeof(struct modinfo_args), .max = -1, .kmod = true,
	.run = modinfo_run,
};

#endif
