/* cmd_lsmod.c - list the modules in the kernel. */
#ifndef KML_CMD_LSMOD_C
#define KML_CMD_LSMOD_C

#include "../ground/opt.c"
#include "../module/live.c"
#include "kmod.c"

static int lsmod_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	struct live_module *m;
	size_t n;

	(void)args;
	if (*operands) {
		note(k, KML_ERROR, "too many arguments provided.");
		return kmod_failed(k);
	}
	if (live_list(k, s, &m, &n) < 0) {
		note(k, KML_ERROR, "could not get list of modules: %s", k->msg);
		return kmod_failed(k);
	}
	puts("Module                  Size  Used by");
	for (size_t i = 0; i < n; i++) {
		struct scope *t = scope_begin(s);
		struct sys_entry *e;
		uint64_t users;
		size_t holders;

		if (live_users(k, t, m[i].name, &users) < 0)
			users = m[i].users;
		live_holders(k, t, m[i].name, &e, &holders);
		printf("%-19.*s %8llu  %llu", FMT(m[i].name), (unsigned long long)m[i].size,
		       (unsigned long long)users);
		for (size_t j = 0; j < holders; j++)
			printf("%c%s", j ? ',' : ' ', e[j].name);
		putchar('\n');
		scope_end(t);
	}
	return 0;
}

static const struct applet applet_lsmod = {
	.name = "lsmod", .synopsis = "",
	.brief = "List the modules in the kernel.",
	.detail = "For each the size, how many use it, and which modules do.",
	.max = -1, .kmod = true, .run = lsmod_run,
};

#endif
