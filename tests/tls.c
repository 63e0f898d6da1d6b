/* tls.c - ask a TLS server one question, with kml's client; for tests/system/tls.
 *
 *     tls HOST PORT NAME [--ca FILE] [--dir DIR] [--unverified]
 *
 * Prints what comes; or the sentence, and ends with status 1.
 */
#include "../src/registry/stream.c"

static void options(char **a, struct trust_options *o)
{
	for (; *a; a++)
		if (!strcmp(*a, "--ca") && a[1])
			o->ca = *++a;
		else if (!strcmp(*a, "--dir") && a[1])
			o->cert_dir = *++a;
		else
			o->unverified = !strcmp(*a, "--unverified");
}

static int ask(struct kml *k, struct scope *s, void *arg)
{
	char **a = arg, bytes[4096];
	struct stream_limits l = { 3000, 3000 };
	struct trust_options o = { 0 };
	struct trust *t;
	struct stream st;
	size_t got = 1;
	int r;

	options(a + 4, &o);
	if ((r = trust_load(k, s, &o, str_of(scope_format(s, "%s:%s", a[3], a[2])), &t)) < 0 ||
	    (r = stream_dial(k, s, str_of(a[1]), (unsigned)atoi(a[2]), &l, &st)) < 0 ||
	    (r = stream_secure(k, s, &st, str_of(a[3]), t)) < 0 ||
	    (r = stream_write(k, &st, S("GET / HTTP/1.0\r\n\r\n"))) < 0)
		return r;
	while ((r = stream_read(k, &st, bytes, sizeof bytes, &got)) == 0 && got)
		fwrite(bytes, 1, got, stdout);
	stream_close(&st);
	return r;
}

int main(int argc, char **argv)
{
	struct kml k = { 0 };
	int r = argc < 4 ? KML_USAGE : kml_run(&k, ask, argv);

	if (r < 0)
		printf("%s\n", k.msg);
	return r < 0;
}
