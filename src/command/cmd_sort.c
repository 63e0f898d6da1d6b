/* cmd_sort.c - sort the lines of standard input. */
#ifndef KML_CMD_SORT_C
#define KML_CMD_SORT_C

#include "../ground/opt.c"
#include "../ground/process.c"

struct sort_args { bool reverse; };

static const struct opt sort_opts[] = {
	OPT(struct sort_args, reverse, 'r', "reverse", NULL, "the last one first"),
};

static int sort_cmp(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int sort_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct sort_args *a = args;
	struct buf lines = { .s = s };
	struct str text, *v;
	size_t n;
	int r = process_input(k, s, &text);

	(void)operands;
	if (r < 0)
		return fail_in(k, r, "standard input");
	while (text.n) {
		struct str line = str_take(&text, '\n');

		buf_add(&lines, (struct str){ (const char *)&line, sizeof line });
	}
	v = (void *)lines.p;
	n = lines.n / sizeof *v;
	if (n)
		qsort(v, n, sizeof *v, sort_cmp);
	for (size_t i = 0; i < n; i++) {
		struct str line = v[a->reverse ? n - 1 - i : i];

		fwrite(line.p, 1, line.n, stdout);
		putchar('\n');
	}
	return 0;
}

static const struct applet applet_sort = {
	.name = "sort", .synopsis = "[-r]",
	.brief = "Sort the lines of standard input, by their bytes.",
	.opts = sort_opts, .nopts = countof(sort_opts), .argsize = sizeof(struct sort_args),
	.run = sort_run,
};

#endif
