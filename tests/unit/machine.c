#define KML_TEST
#include "../../src/ground/machine.c"
#include "../test.h"

static void interrupt(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTERM);
}

TESTS
	struct str log;

	TEST("sleep ends when the time is over") {
		CHECK(machine_sleep(k, 0) == 0);
		CHECK(machine_sleep(k, 1000) == 0);
	}
	TEST("sleep ends at a signal, which is then gone") {
		interrupt();
		CHECK(machine_sleep(k, UINT64_MAX) == SIGTERM);
		CHECK(machine_sleep(k, 1) == 0);
	}
	TEST("open files are left as they are") {
		CHECK(machine_console(k) == 0);
	}
	TEST("what is mounted stays so") {
		CHECK(machine_mount(k, "proc", "/proc") == 0);
	}
	TEST("children that ended are waited for") {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		CHECK(pid > 0);
		for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++) {
			machine_reap();
			usleep(1000);
		}
		CHECK(kill(pid, 0) < 0 && errno == ESRCH);
	}
	TEST("the log is read, or the reason given") {
		CHECK(machine_log(k, s, &log) == 0 || k->msg[0]);
	}
TESTS_END
