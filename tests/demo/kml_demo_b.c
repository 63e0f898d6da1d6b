// SPDX-License-Identifier: MIT
/* kml_demo_b.c - needs a symbol of kml_demo_a, and takes a parameter. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>

void kml_demo_greet(const char *greeting);

static char *greeting = "hello";
module_param(greeting, charp, 0444);
MODULE_PARM_DESC(greeting, "what kml_demo_a is to say when this module is loaded");

static int __init kml_demo_b_init(void)
{
	if (!*greeting)
		return -EINVAL;
	pr_info("loaded\n");
	kml_demo_greet(greeting);
	return 0;
}

static void __exit kml_demo_b_exit(void)
{
	pr_info("unloaded\n");
}

module_init(kml_demo_b_init);
module_exit(kml_demo_b_exit);
MODULE_DESCRIPTION("kml's demonstration: the module that is loaded");
MODULE_AUTHOR("the kml authors");
MODULE_LICENSE("Dual MIT/GPL");
MODULE_ALIAS("kml:demo-*");
