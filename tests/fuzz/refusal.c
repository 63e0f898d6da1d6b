#include "../../src/module/refusal.c"

/* A line of the kernel's log after the other, an empty one, parameters in one line, and
 * a module: what is said of them, for each verdict, on a machine that has nothing. */

struct input { struct str log, params, image; };

static void hear(void *arg, enum kml_level level, const char *text)
{
	(void)arg, (void)level;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	static const int verdicts[] = { EPERM, EKEYREJECTED, ENOEXEC, ENOENT, EINVAL, ENODEV, EIO };
	const struct input *in = arg;

	for (size_t i = 0; i < countof(verdicts); i++) {
		struct refusal f = { .a = { .s = s, .log = { .fd = -1, .there = in->log.n > 0 } } };
		struct klog *l = &f.a.log;

		l->v = news(s, struct klog_line, KLOG_LINES);
		for (struct str rest = in->log; rest.n;)
			klog_add(s, l, str_take(&rest, '\n'));
		f.more = true;
		refusal_tried(k, &f, S("gadget"), NULL, in->image,
		              scope_text(s, in->params), 0, verdicts[i]);
		refusal_explain(k, &f);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { .root = "/nonexistent", .log = hear };
	struct str rest = { (const char *)p, n };
	const char *end = n ? memmem(p, n, "\n\n", 2) : NULL;
	struct input in = { .log = { rest.p, end ? (size_t)(end - rest.p) : 0 } };

	rest = str_from(rest, end ? in.log.n + 2 : 0);
	in.params = str_take(&rest, '\n');
	in.image = rest;
	kml_run(&k, one, &in);
	scope_end(&k.keep);
	return 0;
}
