#define KML_TEST
#include "../../src/site/plan.c"
#include "../test.h"

#define DIR "build/unit-plan"
#define HEAD "[module]\nname = m\nimage = "
#define ALL "\n[kernel all]\nregexp = .\n"

static const struct remote_options none = { .authfile = "/dev/null" };

/* Make a plan of one kml.ini for kernels, which NULL ends. */
static int plan(struct kml *k, struct scope *s, const char *ini, const char *const *v, int jobs,
                struct plan *out)
{
	struct mapping *m = new(s, struct mapping);
	struct mappings all = { m, 1 };
	struct kernels kernels = { (const char **)(uintptr_t)v, 0 };
	int r = mapping_parse(k, s, DIR "/kml.ini", str_of(ini), m);

	while (v[kernels.n])
		kernels.n++;
	return r < 0 ? r : plan_make(k, s, &all, &kernels, &none, jobs, out);
}

/* "e m s u f": the states. */
static const char *states(struct scope *s, const struct plan *p)
{
	struct buf b = { .s = s };

	for (size_t i = 0; i < p->n; i++)
		buf_byte(&b, plan_words[p->v[i].state][0]);
	return scope_text(s, buf_str(&b));
}

/* Registries that answer without being asked: what is after the last '-' of the tag. */
static _Atomic size_t asked;
static int answer(struct kml *k, struct scope *s, struct scope *t, const struct store *st,
                  struct plan_look *l, size_t i)
{
	struct str tag = l->images[i].ref.tag;

	(void)s, (void)t, (void)st;
	asked++;
	switch (tag.p[tag.n - 1]) {
	case 'n': return fail(k, KML_NOTFOUND, "no %.*s", FMT(tag));
	case 'b': return fail(k, KML_BAD, "bad %.*s", FMT(tag));
	case 'u': return fail(k, KML_UNREACHABLE, "silence at %.*s", FMT(tag));
	default:  return 0;
	}
}

/* What comes of the kernels with images at a registry, by so many workers. */
static const char *outcome(struct kml *k, struct scope *s, const char *ini, const char *const *v,
                           int jobs)
{
	struct plan_look look = { .o = &none, .fn = answer };
	struct buf b = { .s = s };
	struct plan_row **rows;
	struct plan p;
	size_t n;

	if (plan(k, s, ini, v, 0, &p) < 0)
		return k->msg;
	rows = plan_sort(s, &p, &n);
	if (plan_images(k, s, rows, n, true, &look) < 0 || plan_each(k, s, &look, jobs) < 0)
		return k->msg;
	for (size_t i = 0; i < look.n; i++) {
		const struct plan_image *image = plan_outcome(&look, i);

		buf_format(&b, "%s%s", i ? ", " : "", image->r ? image->why : "there");
	}
	return scope_text(s, buf_str(&b));
}

TESTS
	struct plan p;

	TEST("a row for each kernel: what the rules say") {
		const char *const v[] = { "6.1.0-1", "6.2.0", "5.4.0", "6.1", NULL };
		const char *ini = HEAD "oci:none:${KERNEL_XYZ}\n[build]\nmodules = out\n[kernel s]\nliteral = 6.2.0\n"
			"skip = why\n[kernel six]\nregexp = ^6\nsources = src/${KERNEL_X}\n";

		CHECK(plan(k, s, ini, v, 0, &p) == 0 && p.n == 4 && !strcmp(states(s, &p), "msue"));
		CHECK(!strcmp(p.v[0].image, "oci:none:6.1.0") && !strcmp(p.v[0].rule, "six"));
		CHECK(!strcmp(p.v[0].way, "sources") && !strcmp(p.v[0].from, "src/6"));
		CHECK(!strcmp(p.v[1].reason, "why") && !strcmp(p.v[1].rule, "s") && !strcmp(p.v[1].set, "m"));
		CHECK(!strcmp(p.v[2].set, "m") && !p.v[2].image && p.v[3].error == KML_BAD);
		CHECK(p.count[PLAN_MAPPED] == 1 && p.count[PLAN_FAILED] == 1 && plan_result(k, &p, "cannot be told") == KML_FAIL);
		CHECK(!strcmp(k->msg, "1 of 4 cannot be told; the first: kernel 6.1: kernel '6.1' has no version "
		              "of three numbers, as in 6.1.0"));
	}
	TEST("kernels that normalisation makes alike") {
		const char *const v[] = { "6.1.0+", "6.1.0~a", "6.1.0_a", "6.1.0", "6.1.0@a", NULL };

		CHECK(plan(k, s, HEAD "oci:none:${KERNEL_FULL_VERSION}" ALL, v, 0, &p) == 0 && !p.v[0].twin);
		CHECK(!strcmp(p.v[4].twin, "6.1.0~a") && !strcmp(p.v[3].twin, "6.1.0+") && !p.v[1].twin && !strcmp(p.v[2].twin, "6.1.0~a"));
		CHECK(plan(k, s, HEAD "oci:none:one" ALL, v, 0, &p) == 0 && !strcmp(p.v[3].twin, "6.1.0+"));
	}
	TEST("a layout is looked into once, and names each kernel's image") {
		const char *const v[] = { "6.1.0", "6.1.0+", "6.1.1", "6.1.2", NULL };
		struct descriptor d = { .type = DESCRIPTOR_MANIFEST };
		struct layout l;

		CHECK(save_mkdirs(k, s, DIR) == 0 && layout_create(k, s, DIR "/images", &l) == 0);
		CHECK(layout_put(k, s, &l, S("{}"), &d) == 0 && layout_tag(k, s, &l, S("6.1.2"), &d) == 0);
		CHECK(layout_tag(k, s, &l, S("6.1.0"), &d) == 0);
		CHECK(plan(k, s, HEAD "oci:images:${KERNEL_FULL_VERSION}" ALL, v, 3, &p) == 0);
		CHECK(!strcmp(states(s, &p), "eeme") && str_eq(p.v[0].digest, d.digest) && !p.v[0].reason);
		CHECK(plan(k, s, scope_format(s, HEAD "oci:images@%.*s" ALL, FMT(d.digest)), v, 3, &p) == 0);
		CHECK(!strcmp(states(s, &p), "eeee"));
		CHECK(plan(k, s, HEAD "oci:none:${KERNEL_FULL_VERSION}" ALL, v, 3, &p) == 0);
		CHECK(!strcmp(states(s, &p), "mmmm") && !strcmp(p.v[0].reason, DIR "/none: no such directory"));
		CHECK(plan_result(k, &p, "cannot be told") == 0 && p.count[PLAN_MISSING] == 4);
	}
	TEST("a registry that fails is not asked for what is behind, by any number of workers") {
		const char *const v[] = { "6.1.0", "6.1.1-n", "6.1.2-b", "6.1.3-u", "6.1.4", "6.1.5-u", NULL };
		const char *ini = HEAD "r.example/m:${KERNEL_FULL_VERSION}" ALL;

		for (int jobs = 1; jobs < 5; jobs += 3) {
			asked = 0;
			CHECK(!strcmp(outcome(k, s, ini, v, jobs), "there, no 6.1.1-n, bad 6.1.2-b, "
			              "silence at 6.1.3-u, silence at 6.1.3-u, silence at 6.1.3-u"));
			CHECK(jobs > 1 || asked == 4);
		}
	}
	TEST("each store for itself") {
		const char *const v[] = { "6.1.0-u", "6.1.1", "6.2.0", NULL };

		CHECK(!strcmp(outcome(k, s, HEAD "r.example/m${KERNEL_Y}:${KERNEL_FULL_VERSION}" ALL, v, 2),
		              "silence at 6.1.0-u, silence at 6.1.0-u, there"));
		asked = 0;
		CHECK(!strcmp(outcome(k, s, HEAD "r.example/m:one" ALL, v, 2), "there") && asked == 1);
	}
	TEST("what is unreachable counts more than what is wrong") {
		struct plan_row rows[] = { { .kernel = "a", .error = KML_BAD, .reason = "x" },
		                           { .kernel = "b", .error = KML_UNREACHABLE, .reason = "y" } };

		p = (struct plan){ rows, 2, { 0 } };
		CHECK(plan_result(k, &p, "cannot be told") == KML_UNREACHABLE && str_ends(str_of(k->msg), S("first: kernel b: y")));
	}
TESTS_END
