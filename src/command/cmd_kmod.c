/* cmd_kmod.c - the one program that modprobe, lsmod and the others are links to. */
#ifndef KML_CMD_KMOD_C
#define KML_CMD_KMOD_C

#include "../ground/opt.c"
#include "cmd_lsmod.c"
#include "cmd_static_nodes.c"
#include "kmod.c"
#include "shell.c"

#define KMOD_ABOUT \
	.name = "kmod", .synopsis = "help|list|static-nodes [OPTION]...", \
	.brief = "List modules, or the device nodes that stand for them.", .kmod = true

static const struct applet kmod_about = { KMOD_ABOUT };

static int kmod_run(struct kml *k, struct scope *s, const void *args, char **operands)
{
	static const struct { const char *name; const struct applet *applet; } commands[] = {
		{ "list", &applet_lsmod }, { "static-nodes", &applet_static_nodes },
	};
	struct shell sh = { .argv = operands };

	(void)args;
	for (size_t i = 0; i < countof(commands); i++)
		if (*operands && !strcmp(*operands, commands[i].name)) {
			sh.applet = commands[i].applet;
			return shell_call(k, s, &sh);
		}
	if (!*operands || strcmp(*operands, "help")) {
		if (*operands)
			fprintf(stderr, "invalid command '%s'\n", *operands);
		else
			fputs("missing command\n", stderr);
		opt_help(&kmod_about, stdout);
		return kmod_failed(k);
	}
	opt_help(&kmod_about, stdout);
	return 0;
}

static const struct applet applet_kmod = {
	KMOD_ABOUT,
	.detail = "This is what is left to do under the name of the program that a distribution's "
	          "modprobe, insmod, rmmod, lsmod, modinfo and depmod are links to.  The command "
	          "list prints what\n.Xr kml-lsmod 8\ndoes, and static-nodes is\n"
	          ".Xr kml-static-nodes 8 .",
	.max = -1, .leads = true, .run = kmod_run,
};

#endif
