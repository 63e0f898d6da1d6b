#define KML_TEST
#include "../../src/site/mapping.c"
#include "../test.h"

#define HEAD "[module]\nname = m\nimage = r/m:${KERNEL_FULL_VERSION}\n"

static int resolve(struct kml *k, struct scope *s, const char *ini, const char *kernel,
                   struct resolved *out)
{
	struct mapping m;
	int r = mapping_parse(k, s, "d/kml.ini", str_of(ini), &m);

	return r < 0 ? r : mapping_resolve(k, s, &m, kernel, out);
}

static bool refuses(struct kml *k, struct scope *s, const char *ini, const char *why)
{
	struct mapping m;

	return mapping_parse(k, s, "kml.ini", str_of(ini), &m) == KML_BAD && !strcmp(k->msg, why);
}

static bool image(struct kml *k, struct scope *s, const char *ref)
{
	struct resolved r;

	return resolve(k, s, scope_format(s, "[module]\nname=m\nimage=%s\n[kernel a]\nregexp=.\n", ref),
	               "1.2.3", &r) == 0;
}

TESTS
	struct resolved r;
	struct mappings all;

	TEST("the first rule that matches wins, and the rest is merged from above") {
		const char *ini = HEAD "dir = opt/x/\nparameters = a=1\nreplaces = x y\nfirmware = fw\n"
			"[kernel lit]\nliteral = 6.1.0\nimage = oci:d:${KERNEL_X}\nreplaces =\nfirmware =\n"
			"[kernel all]\nregexp = .\nparameters = b=2\n[kernel never]\nregexp = .\n";

		CHECK(resolve(k, s, ini, "6.1.0+", &r) == 0 && !strcmp(r.rule, "lit") && r.ntried == 1);
		CHECK(!strcmp(r.image, "oci:d:6") && !strcmp(r.parameters, "a=1") && !strcmp(r.dir, "/opt/x"));
		CHECK(!r.replaces.n && !r.firmware && r.order.n == 1 && !strcmp(r.order.v[0], "m"));
		CHECK(!strcmp(r.kernel, "6.1.0+") && !strcmp(r.matched, "6.1.0") && !strcmp(r.base, "d/"));
		CHECK(resolve(k, s, ini, "6.1.0-1+rt", &r) == 0 && !strcmp(r.rule, "all") && r.ntried == 2);
		CHECK(!strcmp(r.image, "r/m:6.1.0-1_rt") && !strcmp(r.normal, "6.1.0-1_rt"));
		CHECK(r.replaces.n == 2 && !strcmp(r.replaces.v[1], "y") && !strcmp(r.parameters, "b=2"));
		CHECK(!strcmp(r.firmware, "/fw") && !strcmp(r.name, "m"));
	}
	TEST("each value knows its place") {
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\norder = m, x y\n", "1.2.3", &r) == 0);
		CHECK(r.values[RESOLVED_IMAGE].from.line == 3 && r.values[RESOLVED_IMAGE].nsteps == 1);
		CHECK(!strcmp(r.values[RESOLVED_ORDER].from.section, "[kernel a]") && r.order.n == 3);
		CHECK(!r.values[RESOLVED_DIR].from.line && !strcmp(r.dir, "/opt") && !*r.parameters);
	}
	TEST("an empty image overrides nothing") {
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\nimage =\n", "1.2.3", &r) == 0);
		CHECK(!strcmp(r.image, "r/m:1.2.3") && r.values[RESOLVED_IMAGE].from.line == 3);
	}
	TEST("no rule: UNMAPPED, with those that were tried") {
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = ^5\n[kernel b]\nrange = <5\n", "6.1.0", &r) == KML_UNMAPPED);
		CHECK(!strcmp(k->msg, "d/kml.ini: no rule covers kernel 6.1.0; tried: a (regexp ^5), b (range <5)"));
		CHECK(r.ntried == 2 && !strcmp(r.tried[1].why, "fails: it is not <5") && !r.tried[1].matches);
		CHECK(resolve(k, s, HEAD, "6.1.0", &r) == KML_UNMAPPED && strstr(k->msg, "no [kernel NAME] section"));
		CHECK(resolve(k, s, HEAD "[kernel a]\nliteral=1\n[kernel b]\nliteral=1\n[kernel c]\nliteral=1\n"
		              "[kernel d]\nliteral=1\n[kernel e]\nliteral=1\n[kernel f]\nliteral=1\n[kernel g]\nliteral=1+\n",
		              "6.1.0", &r) == KML_UNMAPPED && str_ends(str_of(k->msg), S("f (literal 1) and 1 more")));
	}
	TEST("a rule may say why there is nothing") {
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\nskip = no headers\n", "6.1.0", &r) == KML_UNMAPPED);
		CHECK(!strcmp(k->msg, "d/kml.ini:6: kernel 6.1.0 is skipped by [kernel a]: no headers"));
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp = .\nskip =\n", "kml.ini:6: skip needs the reason, "
		              "which is told to whoever has such a kernel"));
	}
	TEST("kernels that are none") {
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\n", "6.10rc1", &r) == KML_BAD);
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\n", "../x", &r) == KML_BAD);
		CHECK(resolve(k, s, HEAD "[kernel a]\nregexp = .\n", "", &r) == KML_BAD);
	}
	TEST("a rule is one of three") {
		CHECK(refuses(k, s, HEAD "[kernel a]\nskip = x\n", "kml.ini:4: [kernel a] has none of literal, "
		              "regexp and range; a rule has exactly one"));
		CHECK(refuses(k, s, HEAD "[kernel a]\nliteral = x\nrange = >1\n", "kml.ini:6: [kernel a] has several "
		              "of literal, regexp and range; a rule has exactly one"));
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp =\n", "kml.ini:5: an empty regexp; to match every "
		              "kernel write regexp = ."));
	}
	TEST("what cannot work is refused when the file is read") {
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp = .\n[kernel b]\nregexp = \\e\n",
		              "kml.ini:7: character 1 of '\\e', '\\e': no such escape in RE2 (a dot is written \\.)"));
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp = .\nimage = r/m:$KERNEL_XYX\n", "kml.ini:6: image for "
		              "[kernel a]: the variable 'KERNEL_XYX' is not set; did you mean KERNEL_XYZ? "
		              "(${NAME-} allows that it is not set)"));
		CHECK(refuses(k, s, "[module]\nname = m\n[kernel a]\nregexp = .\n", "kml.ini:3: [kernel a] has no image, "
		              "and [module] has none either"));
		CHECK(refuses(k, s, "[module]\nimage = m:1\norder = a b\n[kernel a]\nregexp = .\n", "kml.ini:4: [kernel a] has no name, "
		              "and [module] has none either"));
		CHECK(refuses(k, s, "[kernel a]\nregexp = .\n", "kml.ini: there is no [module] section"));
		CHECK(refuses(k, s, HEAD "order = x, m\n[kernel a]\nregexp = .\n", "kml.ini:4: order for [kernel a]: order "
		              "begins with 'x'; it must begin with name, which is 'm' and is loaded last"));
		CHECK(refuses(k, s, HEAD "order = m\n[kernel a]\nregexp = .\n", "kml.ini:4: order for [kernel a]: order "
		              "names one module only; it has at least two, or leave it out"));
		CHECK(refuses(k, s, HEAD "order = m,x,x\n[kernel a]\nregexp = .\n", "kml.ini:4: order for [kernel a]: "
		              "'x' stands twice in order"));
		CHECK(refuses(k, s, HEAD "dir = /a/../b\n[kernel a]\nregexp = .\n", "kml.ini:4: dir for [kernel a]: "
		              "'/a/../b' leads up with '..'; name the directory itself"));
		CHECK(refuses(k, s, HEAD "replaces = a/b\n[kernel a]\nregexp = .\n", "kml.ini:4: replaces for [kernel a]: "
		              "'a/b' in replaces is no name of a module"));
		CHECK(refuses(k, s, HEAD "[registry h]\ninsecure = 1\n", "kml.ini:5: insecure is yes or no, not '1'"));
		CHECK(refuses(k, s, HEAD "[registry h:]\ninsecure = no\n", "kml.ini:4: \"h:\" is no host"));
		CHECK(refuses(k, s, HEAD "[registry h]\ncert = c.pem\n", "kml.ini:5: [registry h] has a cert but no key"));
		CHECK(refuses(k, s, HEAD "tls = no\n[kernel a]\nregexp = .\n", "kml.ini:4: tls for [kernel a]: 'no' is "
		              "neither insecure (http) nor skip-verify (any certificate)"));
	}
	TEST("variables of the file: the rule's count, and each may use those above it") {
		CHECK(resolve(k, s, "[module]\nname = m\nvar.B = b$KERNEL_X\nvar.A = $MOD_NAME-$B\nimage = r/$A:${C:-0}$B\n"
		              "[kernel a]\nliteral = 1.2.3\nvar.B = c\nvar.C = 7\n[kernel b]\nregexp = .\n", "1.2.3", &r) == 0);
		CHECK(!strcmp(r.image, "r/m-c:7c") && r.nvars == 3 && str_eq(r.vars[0].name, S("B")));
		CHECK(refuses(k, s, HEAD "var.A = $B\nvar.B = 1\n[kernel a]\nregexp = .\n", "kml.ini:4: var.A: the variable "
		              "'B' is not set (${NAME-} allows that)"));
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp = .\nvar.KERNEL_X = 1\n", "kml.ini:6: var.KERNEL_X: kml itself "
		              "sets KERNEL_X; take another name"));
		CHECK(refuses(k, s, HEAD "var.a-b = 1\n[kernel a]\nregexp = .\n", "kml.ini:4: var.a-b: a variable's name has "
		              "letters, digits and '_' only"));
	}
	TEST("tls is the rule's, or the module's; an empty one takes that back") {
		CHECK(resolve(k, s, HEAD "tls = insecure skip-verify\n[kernel a]\nregexp = .\n", "1.2.3", &r) == 0);
		CHECK(r.plain && r.unverified);
		CHECK(resolve(k, s, HEAD "tls = insecure\n[kernel a]\nregexp = .\ntls =\n", "1.2.3", &r) == 0);
		CHECK(!r.plain && !r.unverified);
	}
	TEST("an image has a tag or a digest") {
		CHECK(image(k, s, "r:5000/m:t") && image(k, s, "m@sha256:0") && image(k, s, "oci:d:t"));
		CHECK(image(k, s, "docker://h/m:t") && image(k, s, "oci-archive:/x/f.tar:t") && image(k, s, "q/$$x:1"));
		CHECK(!image(k, s, "r:5000/m") && !image(k, s, "oci:images") && !image(k, s, "m:") && !image(k, s, ":"));
		CHECK(!image(k, s, "a b:1") && !image(k, s, "r/m:${KERNEL_X:-${KERNEL_Y}}") && !image(k, s, "oci:d:"));
	}
	TEST("the way an image is made is one, and the rule's own counts") {
		CHECK(resolve(k, s, HEAD "[build]\nmodules = out/$KERNEL_X\narg.B = 1\narg.A = 2\n"
		              "[kernel a]\nregexp = .\nsources = ./$MOD_NAME\narg.A = $X\narg.D = 4\narg.C = 3\n", "1.2.3", &r) == 0);
		CHECK(!r.values[RESOLVED_MODULES].text && !strcmp(r.values[RESOLVED_SOURCES].text, "./m"));
		CHECK(r.nargs == 4 && str_eq(r.args[0].name, S("B")) && !strcmp(r.args[1].value.text, "$X"));
		CHECK(str_eq(r.args[2].name, S("C")) && str_eq(r.args[3].name, S("D")));
		CHECK(refuses(k, s, HEAD "[kernel a]\nregexp = .\nsources = a\ndockerfile = b\n", "kml.ini:4: [kernel a] has "
		              "both sources and dockerfile; an image is made in one way"));
	}
	TEST("files are looked for where they belong") {
		const char *const named[] = { "tests/unit/mapping.c", NULL }, *const missing[] = { "no/such.ini", NULL };

		CHECK(mapping_load(k, s, missing, &all) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "no/such.ini: No such file or directory"));
		CHECK(mapping_load(k, s, named, &all) == KML_BAD);
		CHECK(str_starts(str_of(k->msg), S("tests/unit/mapping.c:7: neither a [section] nor KEY")));
		k->root = "tests/unit";
		CHECK(mapping_load(k, s, NULL, &all) == KML_NOTFOUND);
		CHECK(!strcmp(k->msg, "no kml.ini here and none in /etc/kml; name one with -c FILE"));
		k->root = NULL;
	}
TESTS_END
