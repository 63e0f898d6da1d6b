#define KML_TEST
#include "../../src/format/modconf.c"
#include "../test.h"

static struct buf said;

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)arg, (void)level;
	buf_format(&said, "%s\n", text);
}

static struct modconf of(struct kml *k, struct scope *s, const char *text)
{
	struct modconf c = { 0 };

	said = (struct buf){ .s = s };
	k->log = hear;
	modconf_read(k, s, &c, "f.conf", str_of(text));
	return c;
}

/* All lines as `modprobe -c` would list them, joined by ";". */
static struct str list(struct scope *s, const struct modconf *c)
{
	struct buf b = { .s = s };

	for (int kind = 0; kind < MODCONF_KINDS; kind++)
		for (const struct modconf_line *l = c->of[kind].first; l; l = l->next)
			buf_format(&b, "%s %.*s|%.*s;", modconf_words[kind], FMT(l->name),
			           FMT(l->text));
	return buf_str(&b);
}

static struct str kernel(struct scope *s, const char *text)
{
	struct modconf c = { 0 };

	modconf_kernel(s, &c, str_of(text));
	return list(s, &c);
}

TESTS
	struct modconf c;

	TEST("each kind of line is known, names are normalised, texts are kept") {
		c = of(k, s, "alias a-b* c-d\nblacklist e-f\noptions g-h  x=1\ty=2 \n"
		       "install i-j echo a-b; c\nremove k true\nsoftdep l-m pre: a-b post: c\n"
		       "weakdep n o p\n");
		CHECK(str_eq(list(s, &c), S("blacklist e_f|;install i_j|echo a-b; c;"
		             "remove k|true;alias a_b*|c_d;options g_h| x=1 y=2 ;"
		             "softdep l_m|pre: a-b post: c;weakdep n|o p;")));
		CHECK(!said.n);
	}
	TEST("comments, blank lines and joined lines") {
		c = of(k, s, "# alias a b\n\n   \n\talias a \\\n b\noptions x a=1 \\\n  b=2\n"
		       "install y e\\cho\nalias last line");
		CHECK(str_eq(list(s, &c), S("install y|echo;alias a|b;alias last|line;"
		             "options x|a=1   b=2;")));
		CHECK(!said.n);
	}
	TEST("bad lines are told with the number of their last line, and skipped") {
		c = of(k, s, " # x\nalias a\nfoo b\\\n\\\nc\nblacklist\noptions short\n"
		       "alias a[ b\ninclude /etc/x\nblacklist ok\n");
		CHECK(str_eq(list(s, &c), S("blacklist ok|;")));
		CHECK(str_eq(buf_str(&said), S(
			"f.conf line 1: ignoring bad line starting with '#'\n"
			"f.conf line 2: ignoring bad line starting with 'alias'\n"
			"f.conf line 5: ignoring bad line starting with 'foo'\n"
			"f.conf line 6: ignoring bad line starting with 'blacklist'\n"
			"f.conf line 7: ignoring bad line starting with 'options'\n"
			"f.conf line 8: ignoring bad line starting with 'alias'\n"
			"f.conf: command include is deprecated and not parsed anymore\n")));
	}
	TEST("a backslash at the very end is no harm") {
		c = of(k, s, "blacklist a\\");
		CHECK(str_eq(list(s, &c), S("blacklist a|;")));
		c = of(k, s, "blacklist a\\\n");
		CHECK(str_eq(list(s, &c), S("blacklist a|;")));
		c = of(k, s, "\\");
		CHECK(!list(s, &c).n && !said.n);
	}
	TEST("parameters of the kernel's command line become options") {
		CHECK(str_eq(kernel(s, "ro root=/dev/vda1 a-b.c-d=1 x.flag e.f.g=4 y.z=5.6 quiet\n"),
		             S("options a_b|c-d=1;options x|flag;options y|z=5.6;")));
		CHECK(str_eq(kernel(s, "a..b=1 .c=2 =x.y a.=3"), S("options |c=2;options a|=3;")));
		CHECK(str_eq(kernel(s, " a.b=1\nc.d=2\te. "), S("options a|b=1;options c|d=2;")));
		CHECK(!kernel(s, "a.b=c\"d").n && !kernel(s, "a.b=\"c e.f=1").n);
	}
	TEST("quotes go around a value or a whole word") {
		CHECK(str_eq(kernel(s, "m.v=\"c d\" \"p.dyndbg=file x +p\" n.q"),
		             S("options m|v=\"c d\";options p|dyndbg=\"file x +p\";options n|q;")));
		CHECK(!kernel(s, "x\"y.z=1 a.b=2").n && !kernel(s, "\"a.b\"").n);
		CHECK(!kernel(s, "a.b\"c\"=d").n && !kernel(s, "\"a.b=c d").n && !kernel(s, "\"").n);
	}
	TEST("modprobe.blacklist is normalised") {
		CHECK(str_eq(kernel(s, "modprobe.blacklist=a-b,,c modprobe.x=1"),
		             S("blacklist a_b|;blacklist c|;options modprobe|x=1;")));
		CHECK(str_eq(kernel(s, "modprobe.blacklist=\"a,b\" \"modprobe.blacklist=c,d\""),
		             S("blacklist a|;blacklist b|;blacklist c|;blacklist d|;")));
	}
	TEST("options are joined in order, for the name and the alias it came by") {
		c = of(k, s, "options a 1\noptions al* 2\noptions b 3\noptions a 4\n");
		CHECK(str_eq(modconf_options(s, &c, S("a"), S("")), S("1 4")));
		CHECK(str_eq(modconf_options(s, &c, S("a"), S("al*")), S("1 2 4")));
		CHECK(!modconf_options(s, &c, S("al"), S("")).n);
	}
	TEST("commands and softdeps are found by pattern, the first line counts") {
		c = of(k, s, "install snd_* one\ninstall snd_pcm two\nblacklist x\n");
		CHECK(str_eq(modconf_find(&c, MODCONF_INSTALL, S("snd_pcm"))->text, S("one")));
		CHECK(!modconf_find(&c, MODCONF_REMOVE, S("snd_pcm")));
		CHECK(modconf_blacklisted(&c, S("x")) && !modconf_blacklisted(&c, S("y")));
	}
	TEST("a softdep names modules before and after") {
		struct str rest = S("lost pre: a  b post: c pre: d post:"), word;
		struct buf b = { .s = s };
		bool post = false, begun = false;

		while ((word = modconf_softdep(&rest, &post, &begun)).n)
			buf_format(&b, "%c%.*s ", post ? '+' : '-', FMT(word));
		CHECK(str_eq(buf_str(&b), S("-a -b +c -d ")));
	}
TESTS_END
