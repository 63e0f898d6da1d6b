// SPDX-License-Identifier: MIT
/* kml_demo_a.c - exports what kml_demo_b needs. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include <linux/module.h>

static unsigned int greeted;

void kml_demo_greet(const char *greeting)
{
	pr_info("%s (%u)\n", greeting, ++greeted);
}
EXPORT_SYMBOL_GPL(kml_demo_greet);

static int __init kml_demo_a_init(void)
{
	pr_info("loaded\n");
	return 0;
}

static void __exit kml_demo_a_exit(void)
{
	pr_info("unloaded, greeted %u times\n", greeted);
}

module_init(kml_demo_a_init);
module_exit(kml_demo_a_exit);
MODULE_DESCRIPTION("kml's demonstration: the module that another one needs");
MODULE_AUTHOR("the kml authors");
MODULE_LICENSE("Dual MIT/GPL");
