/* kills.c - kill kml at its system calls, one after another, and see that the next one copes.
 *
 *     kills STEP BEFORE... -- WORD...
 *
 * For N = 1, 1 + STEP and so on: run the kml commands BEFORE ("a,b": a b), then kml WORD... and kill it at
 * its system call N (tests/kill.c, here /kill); then kml status has to work, kml load --reload
 * to load, and kml unload to leave everything as it was: loop is there, kml_demo_* are not,
 * nor is any record, nor firmware.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char log_text[65536];

/* Run the program of `words`; what it printed is in log_text. */
static int run(char **words)
{
	int raw = 0, fd[2];
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	if (pipe(fd) || (pid = fork()) < 0)
		return 255;
	if (pid == 0) {
		dup2(fd[1], 1);
		dup2(fd[1], 2);
		close(fd[0]);
		close(fd[1]);
		execv(words[0], words);
		_exit(127);
	}
	close(fd[1]);
	while (n < sizeof log_text - 1 && (got = read(fd[0], log_text + n, sizeof log_text - 1 - n)) > 0)
		n += (size_t)got;
	log_text[n] = '\0';
	close(fd[0]);
	waitpid(pid, &raw, 0);
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/* kml and the words of `line`, split at commas. */
static int kml(const char *line)
{
	char copy[256], *words[16] = { "/kml" };
	int n = 1;

	snprintf(copy, sizeof copy, "%s", line);
	for (char *w = strtok(copy, " ,"); w && n < 15; w = strtok(NULL, " ,"))
		words[n++] = w;
	words[n] = NULL;
	return run(words);
}

static int has(const char *module)
{
	char path[256];

	snprintf(path, sizeof path, "/sys/module/%s/initstate", module);
	return access(path, F_OK) == 0;
}

static int wrong(long n, const char *what)
{
	printf("killed at system call %ld: %s\n%s", n, what, log_text);
	return 1;
}

static int after(long n)
{
	int status = kml("status");

	if (status > 1)
		return wrong(n, "status");
	if (kml("load --reload"))
		return wrong(n, "load");
	if (!has("kml_demo_a") || !has("kml_demo_b") || has("loop"))
		return wrong(n, "the modules are not those of the set");
	if (kml("status"))
		return wrong(n, "status of what was loaded");
	if (kml("unload"))
		return wrong(n, "unload");
	if (has("kml_demo_a") || has("kml_demo_b") || !has("loop"))
		return wrong(n, "the modules are not those there were");
	if (!access("/run/kml/kml_demo_b.state", F_OK) ||
	    !access("/run/kml/firmware/vendor/chip.bin", F_OK))
		return wrong(n, "files are left");
	return 0;
}

int main(int argc, char **argv)
{
	long step = argc > 2 ? atol(argv[1]) : 0;
	char number[32], *words[32] = { "/kill", number, "/kml" };
	int at = 2, n = 3, status = 250;

	while (at < argc && strcmp(argv[at], "--"))
		at++;
	for (int i = at + 1; i < argc && n < 31; i++)
		words[n++] = argv[i];
	for (long i = 1; status == 250 && step > 0; i += step) {
		for (int j = 2; j < at; j++)
			if (kml(argv[j]))
				return wrong(i, argv[j]);
		snprintf(number, sizeof number, "%ld", i);
		status = run(words);
		if (status != 250 && status != 0)
			return wrong(i, "it failed instead");
		if (after(i))
			return 1;
	}
	printf("killed everywhere\n");
	return 0;
}
