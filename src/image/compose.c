/* compose.c - the config and the manifest of an image that is made from others.
 *
 * What a base's config says stays as it is, also what nobody here knows, but for
 * what is to be changed, which is written behind it.  A history tells of every layer,
 * or there is none: a base without one gets none.
 */
#ifndef KML_COMPOSE_C
#define KML_COMPOSE_C

#include "../format/descriptor.c"
#include "../format/emit.c"
#include "../format/json.c"
#include "../format/manifest.c"
#include "../ground/base.c"
#include "gather.c"
#include <time.h>

struct compose_pair { struct str key, value; };

struct compose_layer {
	struct descriptor d;
	struct str diff_id;
	yyjson_val *history;            /* what to say of it; NULL: */
	struct str by;                  /* that this made it; empty: nothing is known */
};

struct compose {
	struct scope *s;
	yyjson_val *base;               /* a config; NULL: */
	struct str os, arch, variant;   /* it is for this machine */
	struct str created;             /* RFC 3339 */
	struct compose_layer *layers;
	size_t nlayers, nold;           /* of the first of them the base's history tells */
	const struct compose_pair *labels, *env;
	size_t nlabels, nenv;
	const struct str *cmd, *entrypoint;
	size_t ncmd, nentrypoint;
	bool new_cmd, new_entrypoint;
	bool old_created;               /* the image is as old as the base */
	bool only_labels;               /* the base's are not kept */
};

/* A value of an object is written anew, with its key; `old` may be NULL. */
struct compose_edit {
	const char *key;
	void (*write)(struct buf *b, const struct compose *c, yyjson_val *old);
};

/* Put `pair` in the place of the one of `v` with its key, or behind all: 1. */
static size_t compose_set(struct compose_pair *v, size_t n, struct compose_pair pair)
{
	size_t at = 0;

	while (at < n && !str_eq(v[at].key, pair.key))
		at++;
	v[at] = pair;
	return at == n;
}

static int compose_pair_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct compose_pair *)a)->key,
	               ((const struct compose_pair *)b)->key);
}

static void compose_sort(struct compose_pair *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof *v, compose_pair_cmp);
}

/* The time `epoch`, seconds since 1970. */
static struct str compose_time(struct scope *s, uint64_t epoch)
{
	time_t t = (time_t)epoch;
	struct tm tm = { 0 };

	gmtime_r(&t, &tm);
	return str_of(scope_format(s, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	                           tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec));
}

/* The object `old`, which may be NULL, with these of its values written anew. */
static void compose_object(struct buf *b, const struct compose *c, yyjson_val *old,
                           const struct compose_edit *edits, size_t n)
{
	size_t i, max;
	yyjson_val *key, *v;

	emit_open(b, '{');
	if (old)
		yyjson_obj_foreach(old, i, max, key, v) {
			size_t j = 0;

			while (j < n && !str_eq(json_slice(key), str_of(edits[j].key)))
				j++;
			if (j < n)
				continue;
			emit_key(b, json_slice(key));
			json_copy(b, v);
		}
	for (size_t j = 0; j < n; j++)
		edits[j].write(b, c, old ? json_get(old, edits[j].key) : NULL);
	emit_close(b, '}');
}

static void compose_words(struct buf *b, const char *key, const struct str *v, size_t n)
{
	if (!n)
		return;
	emit_key(b, str_of(key));
	emit_open(b, '[');
	for (size_t i = 0; i < n; i++)
		emit_text(b, v[i]);
	emit_close(b, ']');
}

static void compose_keep(struct buf *b, const char *key, yyjson_val *old)
{
	if (!old)
		return;
	emit_key(b, str_of(key));
	json_copy(b, old);
}

/* ---- "config" ------------------------------------------------------------ */

/* Which of the new variables `text`, "NAME=VALUE", is; SIZE_MAX: none. */
static size_t compose_variable(const struct compose *c, struct str text)
{
	struct str name = str_take(&text, '=');

	for (size_t i = 0; i < c->nenv; i++)
		if (str_eq(c->env[i].key, name))
			return i;
	return SIZE_MAX;
}

static void compose_put_variable(struct buf *b, const struct compose *c, size_t i)
{
	emit_text(b, str_of(scope_format(c->s, "%.*s=%.*s", FMT(c->env[i].key),
	                                 FMT(c->env[i].value))));
}

static void compose_env(struct buf *b, const struct compose *c, yyjson_val *old)
{
	bool *done = news(c->s, bool, c->nenv);
	size_t i, max;
	yyjson_val *v;

	if (!old && !c->nenv)
		return;
	emit_key(b, S("Env"));
	emit_open(b, '[');
	yyjson_arr_foreach(old, i, max, v) {
		size_t at = yyjson_is_str(v) ? compose_variable(c, json_slice(v)) : SIZE_MAX;

		if (at == SIZE_MAX)
			json_copy(b, v);
		else if (!done[at])
			compose_put_variable(b, c, at);
		if (at != SIZE_MAX)
			done[at] = true;
	}
	for (i = 0; i < c->nenv; i++)
		if (!done[i])
			compose_put_variable(b, c, i);
	emit_close(b, ']');
}

static void compose_entrypoint(struct buf *b, const struct compose *c, yyjson_val *old)
{
	if (c->new_entrypoint)
		compose_words(b, "Entrypoint", c->entrypoint, c->nentrypoint);
	else
		compose_keep(b, "Entrypoint", old);
}

static void compose_cmd(struct buf *b, const struct compose *c, yyjson_val *old)
{
	if (c->new_cmd)
		compose_words(b, "Cmd", c->cmd, c->ncmd);
	else
		compose_keep(b, "Cmd", old);
}

static bool compose_has_label(const struct compose *c, struct str key)
{
	for (size_t i = 0; i < c->nlabels; i++)
		if (str_eq(c->labels[i].key, key))
			return true;
	return false;
}

static void compose_labels(struct buf *b, const struct compose *c, yyjson_val *old)
{
	size_t i, max;
	yyjson_val *key, *v;

	if (!old && !c->nlabels)
		return;
	emit_key(b, S("Labels"));
	emit_open(b, '{');
	if (old && !c->only_labels)
		yyjson_obj_foreach(old, i, max, key, v)
			if (!compose_has_label(c, json_slice(key))) {
				emit_key(b, json_slice(key));
				json_copy(b, v);
			}
	for (i = 0; i < c->nlabels; i++) {
		emit_key(b, c->labels[i].key);
		emit_text(b, c->labels[i].value);
	}
	emit_close(b, '}');
}

/* ---- the config ---------------------------------------------------------- */

static void compose_created(struct buf *b, const struct compose *c, yyjson_val *old)
{
	if (c->old_created && old)
		compose_keep(b, "created", old);
	else
		emit_pair(b, "created", c->created);
}

static void compose_text(struct buf *b, const char *key, struct str text, yyjson_val *old)
{
	if (old)
		compose_keep(b, key, old);
	else if (text.n)
		emit_pair(b, key, text);
}

static void compose_arch(struct buf *b, const struct compose *c, yyjson_val *old)
{
	compose_text(b, "architecture", c->arch, old);
}

static void compose_variant(struct buf *b, const struct compose *c, yyjson_val *old)
{
	compose_text(b, "variant", c->variant, old);
}

static void compose_os(struct buf *b, const struct compose *c, yyjson_val *old)
{
	compose_text(b, "os", c->os, old);
}

static void compose_settings(struct buf *b, const struct compose *c, yyjson_val *old)
{
	static const struct compose_edit edits[] = {
		{ "Env", compose_env }, { "Entrypoint", compose_entrypoint }, { "Cmd", compose_cmd },
		{ "Labels", compose_labels },
	};

	emit_key(b, S("config"));
	compose_object(b, c, old, edits, countof(edits));
}

static void compose_rootfs(struct buf *b, const struct compose *c, yyjson_val *old)
{
	(void)old;
	emit_key(b, S("rootfs"));
	emit_open(b, '{');
	emit_pair(b, "type", S("layers"));
	emit_key(b, S("diff_ids"));
	emit_open(b, '[');
	for (size_t i = 0; i < c->nlayers; i++)
		emit_text(b, c->layers[i].diff_id);
	emit_close(b, ']');
	emit_close(b, '}');
}

static void compose_history(struct buf *b, const struct compose *c, yyjson_val *old)
{
	size_t i, max;
	yyjson_val *v;
	bool known = old || !c->nold;

	for (i = c->nold; i < c->nlayers; i++)
		known = known && (c->layers[i].history || c->layers[i].by.n);
	if (!known)
		return;
	emit_key(b, S("history"));
	emit_open(b, '[');
	if (c->nold)
		yyjson_arr_foreach(old, i, max, v)
			json_copy(b, v);
	for (i = c->nold; i < c->nlayers; i++) {
		if (c->layers[i].history) {
			json_copy(b, c->layers[i].history);
			continue;
		}
		emit_open(b, '{');
		emit_pair(b, "created", c->created);
		emit_pair(b, "created_by", c->layers[i].by);
		emit_close(b, '}');
	}
	emit_close(b, ']');
}

static struct str compose_config(const struct compose *c)
{
	static const struct compose_edit edits[] = {
		{ "created", compose_created }, { "architecture", compose_arch },
		{ "variant", compose_variant }, { "os", compose_os }, { "config", compose_settings },
		{ "rootfs", compose_rootfs }, { "history", compose_history },
	};
	struct buf b = { .s = c->s };

	compose_object(&b, c, c->base, edits, countof(edits));
	return buf_str(&b);
}

/* What the history of `config` says of its layer `i`; NULL: nothing. */
static yyjson_val *compose_said(yyjson_val *config, size_t i)
{
	yyjson_val *history = json_get(config, "history"), *v;
	size_t at, max;

	yyjson_arr_foreach(history, at, max, v)
		if (!yyjson_is_true(yyjson_obj_get(v, "empty_layer")) && i-- == 0)
			return v;
	return NULL;
}

/* Whether the parts of a base's config that are changed have the types they should. */
static int compose_check(struct kml *k, yyjson_val *base)
{
	yyjson_val *settings, *v, *labels;
	size_t i, max;
	int r = json_object(k, base, "config", &settings);

	yyjson_arr_foreach(json_get(base, "history"), i, max, v)
		if (!yyjson_is_obj(v))
			return fail(k, KML_BAD, "the history has what is no object");
	if (r < 0 || !settings)
		return r;
	if ((r = json_array(k, settings, "Env", &v)) < 0 ||
	    (r = json_object(k, settings, "Labels", &labels)) < 0)
		return r;
	if (labels && !json_is_map(labels))
		return fail(k, KML_BAD, "a label is not a string");
	return 0;
}

/* ---- annotations --------------------------------------------------------- */

/* `old` with the values of `more`, which replace those of the same key. */
static void compose_notes(struct scope *s, const struct descriptor_note *old, size_t nold,
                          const struct descriptor_note *more, size_t nmore,
                          struct descriptor_note **out, size_t *n)
{
	struct descriptor_note *v = *out = news(s, struct descriptor_note, nold + nmore);

	*n = 0;
	for (size_t i = 0; i < nold; i++)
		v[(*n)++] = old[i];
	for (size_t i = 0; i < nmore; i++) {
		size_t at = 0;

		while (at < *n && !str_eq(v[at].key, more[i].key))
			at++;
		v[at] = more[i];
		*n += at == *n;
	}
}

/* Put the image together: *d is its manifest, with these annotations. */
static void compose_image(const struct compose *c, struct gather *g,
                          const struct descriptor_note *notes, size_t n, struct descriptor *d)
{
	struct manifest m = { .config = { .type = DESCRIPTOR_CONFIG }, .nlayers = c->nlayers };
	struct buf b = { .s = c->s };

	m.layers = news(c->s, struct descriptor, c->nlayers);
	for (size_t i = 0; i < c->nlayers; i++)
		m.layers[i] = c->layers[i].d;
	gather_document(g, compose_config(c), &m.config);
	manifest_write(&b, &m, notes, n);
	*d = (struct descriptor){ .type = DESCRIPTOR_MANIFEST };
	gather_document(g, buf_str(&b), d);
}

#endif
