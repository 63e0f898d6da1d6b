/* cmd_serve.c - a layout or an archive as a registry. */
#ifndef KML_CMD_SERVE_C
#define KML_CMD_SERVE_C

#include "../format/ref.c"
#include "../ground/base.c"
#include "../ground/listen.c"
#include "../ground/opt.c"
#include "../registry/serve.c"

struct serve_args {
	const char *listen, *cert, *key, *name;
	bool tls, push, verbose;
};

static const struct opt serve_opts[] = {
	OPT(struct serve_args, listen, 'l', "listen", "ADDRESS:PORT",
	    "where to be reached (127.0.0.1:5000); no address is all of them, port 0 a free one"),
	OPT(struct serve_args, tls, 0, "tls", NULL, "by https; needs --cert"),
	OPT(struct serve_args, cert, 0, "cert", "FILE",
	    "the certificate to show, and those above it (PEM)"),
	OPT(struct serve_args, key, 0, "key", "FILE", "its key, if that is in another file"),
	OPT(struct serve_args, push, 0, "push", NULL, "take images, and delete them; a layout is made"),
	OPT(struct serve_args, name, 'n', "name", "REPOSITORY",
	    "of the images that are named by a tag only (the directory's or file's name)"),
	OPT(struct serve_args, verbose, 'v', "verbose", NULL, "a line for each request"),
};

/* The name of a file, as that of a repository. */
static struct str serve_name(struct scope *s, struct str path)
{
	struct buf b = { .s = s };
	struct str base;

	while (str_ends(path, S("/")))
		path.n--;
	base = str_base(path);
	base.n -= str_ends(base, S(".tar")) ? 4 : 0;
	for (size_t i = 0; i < base.n; i++) {
		char c = base.p[i] >= 'A' && base.p[i] <= 'Z' ? (char)(base.p[i] + 32) : base.p[i];

		if (ref_is_lower(c))
			buf_byte(&b, c);
		else if (b.n && i + 1 < base.n && ref_is_lower(b.p[b.n - 1]))
			buf_byte(&b, c == '.' || c == '_' ? c : '-');
	}
	while (b.n && !ref_is_lower(b.p[b.n - 1]))
		b.n--;
	return b.n ? buf_str(&b) : S("image");
}

/* Listen on "ADDRESS:PORT", and say in `url` where that is. */
static int serve_listen(struct kml *k, struct scope *s, const char *text, bool tls, int *fd,
                        const char **url)
{
	struct str host = str_of(text), port = str_base(host);
	const char *colon = strrchr(text, ':');
	uint64_t number;
	int r;

	port = str_of(colon ? colon + 1 : "");
	host.n -= colon ? port.n + 1 : 0;
	if (!str_uint(port, &number) || number > 65535)
		return fail(k, KML_USAGE, "--listen %s: it is ADDRESS:PORT", text);
	if ((r = net_listen(k, s, host, (unsigned)number, fd)) < 0)
		return r;
	*url = scope_format(s, "http%s://%.*s:%u", tls ? "s" : "", FMT(host.n ? host : S("*")),
	                    net_port(*fd));
	return 0;
}

static int serve_place(struct kml *k, struct scope *s, const struct serve_args *a, const char *path,
                       struct shelf_place *out)
{
	struct store store;
	struct stat st;
	int r = sys_stat(k, s, path, 0, &st);

	*out = (struct shelf_place){ .path = path, .push = a->push };
	out->name = a->name ? str_of(a->name) : serve_name(s, str_of(path));
	if ((r < 0 && !(a->push && r == KML_NOTFOUND)))
		return fail_in(k, r, "%s", path);
	out->archive = r == 0 && !S_ISDIR(st.st_mode);
	if ((r = ref_check_repository(k, out->name, S(""))) < 0)
		return r;
	if (out->archive && a->push)
		return fail(k, KML_USAGE, "%s: --push needs a directory", path);
	if (out->archive)
		return archive_open(k, s, path, false, &store);
	return a->push ? folder_create(k, s, path, &store) : folder_open(k, s, path, &store);
}

static int serve_command(struct kml *k, struct scope *s, const void *args, char **operands)
{
	const struct serve_args *a = args;
	struct serve sv = { .k = k, .verbose = a->verbose };
	struct trust_pair pair;
	const char *url;
	int fd, r;

	if (a->cert && (r = trust_pair(k, s, a->cert, a->key ? a->key : a->cert, &pair)) < 0)
		return r;
	if ((a->tls || a->key) && !a->cert)
		return fail(k, KML_USAGE, "https needs --cert FILE");
	sv.pair = a->cert ? &pair : NULL;
	if ((r = serve_place(k, s, a, operands[0], &sv.place)) < 0 ||
	    (r = serve_listen(k, s, a->listen ? a->listen : "127.0.0.1:5000", a->cert, &fd, &url)) < 0)
		return r;
	if (!a->cert && !net_is_loopback(fd))
		note(k, KML_WARNING, "without TLS others on the network can read and change what is sent");
	if (a->push && !net_is_loopback(fd))
		note(k, KML_WARNING, "whoever reaches this address can push and delete");
	sv.known = news(s, struct intake_known, INTAKE_KNOWN);
	note(k, KML_INFO, "%s is at %s", operands[0], url);
	r = listen_run(k, s, fd, serve_guest, &sv);
	if (a->push)
		intake_clean(k, s, sv.place.path, 0);
	return r;
}

static const struct applet applet_serve = {
	.name = "serve",
	.synopsis = "[OPTION]... DIR|FILE",
	.brief = "Serve a layout or an oci-archive as a registry.",
	.detail =
		"An image named HOST/REPOSITORY:TAG is served as REPOSITORY:TAG and as "
		"HOST/REPOSITORY:TAG, so that this can be a mirror in registries.conf: of prefix "
		"quay.io, say, with site:5000/quay.io or site:5000 as its location. Of two images that "
		"would have the same name without their hosts the first has it. One that is named by "
		"a tag alone is in the repository of --name.\n\n"
		"What is written into the layout meanwhile, or another archive of the same name, is "
		"seen at the next request. There are no logins: with --push, whoever reaches it can "
		"write. SIGTERM and SIGINT end it when the answers under way are sent.",
	.opts = serve_opts, .nopts = countof(serve_opts), .argsize = sizeof(struct serve_args),
	.min = 1, .max = 1,
	.run = serve_command,
};

#endif
