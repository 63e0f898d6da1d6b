/* test.h - the whole test framework.
 *
 *     TEST("empty section has no fields") { ... CHECK(info.n == 0); }
 *
 * A test file defines KML_TEST, includes the part it tests, so that it sees
 * the static functions, and lists its tests between TESTS and TESTS_END, where
 * `k` and `s` are a context and a scope.  All tests run once, and then again
 *   - with allocation 0, 1, 2, ... failing, until that is not noticed;
 *   - with system call 0, 1, 2, ... failing, once and from then on;
 *   - with it reading or writing one byte only; with it interrupted.
 * Short and (once) interrupted calls must change nothing: all checks hold.
 * Elsewhere the first check that does not hold ends that run, which must
 * still give back what it took: ASan sees memory, open files are counted.
 */
#include <fcntl.h>
static int test_bad;
static bool test_faulty;                /* a run in which checks may fail */
static jmp_buf *test_leave;
static const char *test_name;
static void test_check(bool ok, const char *file, int line, const char *what)
{
	if (ok)
		return;
	if (test_faulty)
		longjmp(*test_leave, 1);
	test_bad++;
	fprintf(stderr, "%s:%d: %s: %s\n", file, line, test_name, what);
}
#define CHECK(e) test_check(e, __FILE__, __LINE__, #e)
static int test_files(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}
static int test_once(kml_fn *all)
{
	struct kml k = { 0 };
	int files = test_files(), r;

	r = kml_run(&k, all, NULL);
	scope_end(&k.keep);
	if (test_files() != files) {
		test_bad++;
		fprintf(stderr, "%s: a file stayed open\n", test_name);
	}
	return r;
}
enum { TEST_MOST = 20000 };             /* runs of one kind */
static long test_memory(kml_fn *all)
{
	long n;

	test_faulty = true;
	for (n = 0; n < TEST_MOST && !test_bad; n++) {
		test_fail_at = n;
		test_once(all);
		if (test_fail_at >= 0)
			break;
	}
	test_fail_at = -1;
	test_faulty = false;
	return n;
}
static long test_calls(kml_fn *all)
{
	long runs = 0;
#ifdef KML_SYS_C
	static const struct { enum test_sys kind; bool forever, faulty; } how[] = {
		{ TEST_SYS_FAIL, false, true }, { TEST_SYS_FAIL, true, true },
		{ TEST_SYS_SHORT, false, false }, { TEST_SYS_SHORT, true, false },
		{ TEST_SYS_INTR, false, false }, { TEST_SYS_INTR, true, true },
	};

	for (size_t i = 0; i < countof(how); i++)
		for (long n = 0; n < TEST_MOST && !test_bad; n++, runs++) {
			test_sys_kind = how[i].kind;
			test_sys_forever = how[i].forever;
			test_faulty = how[i].faulty;
			test_sys_hits = 0;
			test_sys_at = n;
			test_once(all);
			test_sys_at = -1;
			if (!test_sys_hits)
				break;
		}
	test_faulty = false;
#else
	(void)all;
#endif
	return runs;
}
#define TESTS     static int test_all(struct kml *k, struct scope *s, void *arg) { (void)k; (void)arg; test_leave = s->oom;
#define TEST(nm)  test_name = nm;
#define TESTS_END return 0; }                                                     \
	int main(void) {                                                          \
		long memory = 0, calls = 0;                                       \
		test_once(test_all);                                              \
		if (!test_bad)                                                    \
			memory = test_memory(test_all);                           \
		if (!test_bad)                                                    \
			calls = test_calls(test_all);                             \
		if (!test_bad)                                                    \
			printf("ok, and out of memory %ld ways, faulty calls %ld ways\n", memory, calls); \
		return test_bad != 0;                                             \
	}
