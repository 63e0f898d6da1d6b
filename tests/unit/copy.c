#define KML_TEST
#include "../../src/site/copy.c"
#include "../test.h"

/* A store in memory, that is read: documents and blobs with the names they have. */
struct thing { struct str name, digest, type, bytes, subject; };
static struct thing things[40];
static size_t nthings;

/* One that is written: what came, in order. */
static char came[2000];

static struct thing *find(struct str name)
{
	for (size_t i = 0; i < nthings; i++)
		if (str_eq(things[i].name, name) || str_eq(things[i].digest, name))
			return &things[i];
	return NULL;
}

static int resolve(struct kml *k, struct scope *s, void *self, struct str name,
                   struct descriptor *d)
{
	const struct thing *t = find(name);

	(void)s, (void)self;
	if (!t)
		return fail(k, KML_NOTFOUND, "no %.*s", FMT(name));
	*d = (struct descriptor){ .type = t->type, .digest = t->digest, .size = t->bytes.n };
	return 0;
}

static int document(struct kml *k, struct scope *s, void *self, struct str name,
                    struct descriptor *d, struct str *bytes)
{
	int r = resolve(k, s, self, name, d);

	if (r == 0)
		*bytes = find(name)->bytes;
	return r;
}

static int give(struct kml *k, void *arg, char *p, size_t n, size_t *got)
{
	struct str *rest = arg;

	(void)k;
	*got = rest->n < n ? rest->n : n;
	if (*got)
		memcpy(p, rest->p, *got);
	*rest = str_from(*rest, *got);
	return 0;
}

static int blob(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
                uint64_t from, struct reader *out)
{
	struct str *rest = new(s, struct str);
	const struct thing *t = find(d->digest);

	(void)self;
	if (!t)
		return fail(k, KML_NOTFOUND, "no blob");
	*rest = str_from(t->bytes, (size_t)from);
	*out = (struct reader){ give, rest };
	return 0;
}

static int referrers(struct kml *k, struct scope *s, void *self, struct str digest,
                     struct descriptor **out, size_t *n)
{
	(void)k, (void)self;
	*out = news(s, struct descriptor, nthings);
	*n = 0;
	for (size_t i = 0; i < nthings; i++)
		if (str_eq(things[i].subject, digest))
			(*out)[(*n)++] = (struct descriptor){
				.type = things[i].type, .digest = things[i].digest, .size = things[i].bytes.n,
			};
	return 0;
}

static int has(struct kml *k, struct scope *s, void *self, const struct descriptor *d, bool *there)
{
	(void)k, (void)s, (void)self, (void)d;
	*there = false;
	return 0;
}

static int begin(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)k, (void)s, (void)self;
	digest_begin(&b->digest);
	b->at = 0;
	return 0;
}

static int take(struct kml *k, void *self, struct store_blob *b, struct str bytes)
{
	(void)k, (void)self;
	b->at += bytes.n;
	return 0;
}

/* "blob:NAME " and "NAME=TAG ", where TAG's digest is a name, too. */
static void say_came(const char *kind, struct str digest, struct str tag)
{
	const struct thing *t = find(digest), *of;
	size_t n = strlen(came);
	char hex[80];

	n += (size_t)snprintf(came + n, sizeof came - n, "%s%.*s", kind, FMT(t ? t->name : S("new")));
	if (!tag.n)
		snprintf(came + n, sizeof came - n, " ");
	else if (str_starts(tag, S("sha256-"))) {
		snprintf(hex, sizeof hex, "sha256:%.64s", tag.p + 7);
		of = find(str_of(hex));
		snprintf(came + n, sizeof came - n, "=%.*s%.*s ", FMT(of ? of->name : S("?")),
		         FMT(str_from(tag, 71)));
	} else {
		snprintf(came + n, sizeof came - n, "=%.*s ", FMT(tag));
	}
}

static int end(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)k, (void)s, (void)self;
	say_came("blob:", b->d->digest, S(""));
	return 0;
}

static void drop(struct kml *k, struct scope *s, void *self, struct store_blob *b)
{
	(void)k, (void)s, (void)self, (void)b;
}

static int put(struct kml *k, struct scope *s, void *self, const struct descriptor *d,
               struct str bytes, struct str tag)
{
	(void)self;
	if (!str_eq(digest_of(s, bytes), d->digest) || bytes.n != d->size)
		return fail(k, KML_BAD, "a document with a wrong digest");
	say_came("", d->digest, tag);
	return 0;
}

static int finish(struct kml *k, struct scope *s, void *self)
{
	(void)k, (void)s, (void)self;
	strcat(came, "end");
	return 0;
}

static const struct store_kind from_kind = {
	.resolve = resolve, .document = document, .blob = blob, .referrers = referrers,
};
static const struct store_kind to_kind = {
	.has = has, .begin = begin, .write = take, .end = end, .drop = drop, .put = put,
	.finish = finish,
};
static const struct store from = { &from_kind, NULL, "from" }, to = { &to_kind, NULL, "to" };

/* ---- what there is ------------------------------------------------------- */

static struct thing *add(struct scope *s, const char *name, struct str type, struct str bytes)
{
	struct thing *t = &things[nthings++];

	*t = (struct thing){ str_of(name), digest_of(s, bytes), type, bytes, { 0 } };
	return t;
}

static void point(struct buf *b, const char *name, struct str type, const char *more)
{
	const struct thing *t = find(str_of(name));

	buf_format(b, "{\"mediaType\":\"%.*s\",\"digest\":\"%.*s\",\"size\":%zu%s}", FMT(type),
	           FMT(t->digest), t->bytes.n, more);
}

static void add_image(struct scope *s, const char *name, const char *config, const char *layer,
                      const char *types, const char *subject)
{
	struct buf b = { .s = s };
	bool docker = !strcmp(types, DESCRIPTOR_DOCKER);
	struct str type = docker ? S(DESCRIPTOR_DOCKER "distribution.manifest.v2+json") :
		DESCRIPTOR_MANIFEST;

	buf_format(&b, "{\"schemaVersion\":2,\"mediaType\":\"%.*s\",\"config\":", FMT(type));
	point(&b, config, docker ? S(DESCRIPTOR_DOCKER "container.image.v1+json") : DESCRIPTOR_CONFIG, "");
	buf_format(&b, ",\"layers\":[");
	point(&b, layer, docker ? S(DESCRIPTOR_DOCKER "image.rootfs.diff.tar.gzip") :
	      DESCRIPTOR_LAYER_GZIP, "");
	buf_format(&b, "]");
	if (*subject) {
		buf_format(&b, ",\"subject\":");
		point(&b, subject, find(str_of(subject))->type, "");
	}
	buf_format(&b, "}");
	add(s, name, type, buf_str(&b))->subject = *subject ? find(str_of(subject))->digest : S("");
}

static void add_index(struct scope *s, const char *name, const char *const (*v)[2])
{
	struct buf b = { .s = s };

	buf_format(&b, "{\"schemaVersion\":2,\"mediaType\":\"%.*s\",\"manifests\":[",
	           FMT(DESCRIPTOR_INDEX));
	for (size_t i = 0; v[i][0]; i++) {
		if (i)
			buf_byte(&b, ',');
		point(&b, v[i][0], find(str_of(v[i][0]))->type, v[i][1] ? scope_format(s,
			",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}", v[i][1]) : "");
	}
	buf_format(&b, "]}");
	add(s, name, DESCRIPTOR_INDEX, buf_str(&b));
}

static void add_beside(struct scope *s, const char *of, const char *tag_end, const char *config)
{
	add_image(s, layout_beside(s, S(""), find(str_of(of))->digest, tag_end).p, config, "payload",
	          DESCRIPTOR_OCI, "");
}

static int run(struct kml *k, struct scope *s, struct copy_options o, const char *name,
               struct copy_result *out)
{
	struct copy c;
	int r;

	o.jobs = 1;
	*came = '\0';
	if ((r = copy_plan(k, s, &o, &from, str_of(name), &c)) < 0)
		return r;
	return copy_run(k, &c, &to, S("tag"), out);
}

static char heard[300];

static void hear(void *arg, enum kml_level level, const char *text)
{
	if (level == KML_WARNING)
		snprintf(arg, sizeof heard, "%s", text);
}

TESTS
	static const char *const both[][2] = { { "amd", "amd64" }, { "arm", "arm64" }, { NULL, NULL } };
	static const char *const outer[][2] = { { "both", NULL }, { NULL, NULL } };
	static const char *const list[][2] = { { "scan-arm", "arm64" }, { NULL, NULL } };
	const struct image_platform amd = { .os = S("linux"), .arch = S("amd64") };
	const struct image_platform two[] = { amd, { .os = S("linux"), .arch = S("s390x") } };
	const struct copy_options one = { .platforms = &amd, .nplatforms = 1 };
	struct copy_options o = one;
	struct copy_result r;

	nthings = 0;
	add(s, "config", S(""), S("{}"));
	add(s, "config2", S(""), S("{ }"));
	add(s, "layer", S(""), S("layer"));
	add(s, "payload", S(""), S("payload"));
	add_image(s, "amd", "config", "layer", DESCRIPTOR_OCI, "");
	add_image(s, "arm", "config2", "layer", DESCRIPTOR_OCI, "");
	add_index(s, "both", both);
	add_index(s, "outer", outer);
	add_image(s, "docker", "payload", "layer", DESCRIPTOR_DOCKER, "");
	add_image(s, "scan", "config", "payload", DESCRIPTOR_OCI, "both");
	add_image(s, "scanner", "config2", "payload", DESCRIPTOR_OCI, "scan");
	add_image(s, "scan-arm", "payload", "payload", DESCRIPTOR_OCI, "arm");
	add_beside(s, "both", ".sig", "config");
	add_beside(s, "amd", ".att", "config2");

	TEST("one image of an index: blobs, then the document with the tag") {
		CHECK(run(k, s, one, "outer", &r) == 0);
		CHECK(!strcmp(came, "blob:config blob:layer amd=tag end"));
		CHECK(r.blobs == 2 && r.bytes == 7 && r.pointing == 0);
		CHECK(str_eq(r.d.digest, find(S("amd"))->digest));
	}
	TEST("all of an index: what is pointed to before what points") {
		o = (struct copy_options){ .all = true };
		CHECK(run(k, s, o, "outer", &r) == 0);
		CHECK(!strcmp(came, "blob:config blob:layer blob:config2 amd arm both outer=tag end"));
	}
	TEST("what points at it comes before it, whatever it points at") {
		o = (struct copy_options){ .all = true, .referrers = true };
		CHECK(run(k, s, o, "both", &r) == 0);
		CHECK(strstr(came, " amd arm "));
		CHECK(str_ends(str_of(came), S(" both=tag end")));
		CHECK(strstr(came, " scan ") && strstr(came, " scanner ") && strstr(came, " scan-arm "));
		CHECK(strstr(came, "=both.sig ") && strstr(came, "=amd.att ") && r.pointing == 5);
		o.all = false, o.platforms = &amd, o.nplatforms = 1;
		CHECK(run(k, s, o, "both", &r) == 0 && r.pointing == 1);
		CHECK(strstr(came, "=amd.att amd=tag end"));
	}
	TEST("an index that points at it is whole, whatever platform is wanted") {
		add_index(s, "list", list);
		things[nthings - 1].subject = find(S("amd"))->digest;
		CHECK(run(k, s, o, "both", &r) == 0 && strstr(came, " scan-arm list "));
		nthings--;
	}
	k->log = hear, k->log_arg = heard;
	TEST("a type that nobody knows is left out, and said") {
		*heard = '\0';
		add(s, "odd", S("application/odd"), S("odd"))->subject = find(S("amd"))->digest;
		CHECK(run(k, s, o, "both", &r) == 0 && r.pointing == 1);
		CHECK(strstr(heard, "application/odd"));
		nthings--;
	}
	TEST("with OCI's types the digest is another, and no signature fits") {
		*heard = '\0';
		o.oci = true;
		CHECK(run(k, s, o, "docker", &r) == 0 && r.converted);
		CHECK(!strcmp(came, "blob:payload blob:layer new=tag end"));
		CHECK(strstr(heard, "written anew") && str_eq(r.d.type, DESCRIPTOR_MANIFEST));
		o.preserve = true;
		CHECK(run(k, s, o, "docker", &r) == KML_FAIL);
		o.oci = false;
		CHECK(run(k, s, o, "docker", &r) == 0 && strstr(came, "docker=tag end"));
	}
	k->log = NULL;
	TEST("a platform that is not there is named, with those that are") {
		o = (struct copy_options){ .platforms = two, .nplatforms = 2 };
		CHECK(run(k, s, o, "both", &r) == KML_NOTFOUND && !*came);
		CHECK(strstr(k->msg, "no image for linux/s390x, only for linux/amd64, linux/arm64"));
		o.platforms = &two[1], o.nplatforms = 1;
		CHECK(run(k, s, o, "both", &r) == KML_NOTFOUND);
		CHECK(strstr(k->msg, "no image for linux/s390x, only for linux/amd64, linux/arm64"));
	}
	TEST("a blob that is missing is the failure, and no document comes") {
		struct thing gone = *find(S("layer"));

		find(S("layer"))->digest = S("");
		CHECK(run(k, s, one, "amd", &r) == KML_NOTFOUND && !strstr(came, "amd"));
		*find(S("layer")) = gone;
	}
TESTS_END
