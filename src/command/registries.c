/* registries.c - the options of all commands that talk to registries.
 *
 * They are rows of each such command's table, and fill the field `registries` of its
 * arguments.  A password is never one of them: other users see what a command was
 * given.
 */
#ifndef KML_REGISTRIES_C
#define KML_REGISTRIES_C

#include "../ground/base.c"
#include "../ground/opt.c"
#include "../site/transport.c"

struct registries {
	const char *authfile, *cert_dir, *ca;
	bool plain, insecure, no_mirrors;
	opt_number timeout;
};

#define REGISTRIES_OPTS(T) \
	OPT(T, registries.authfile, 0, "authfile", "FILE", \
	    "the logins of registries; a directory, too, with a secret of Kubernetes in it"), \
	OPT(T, registries.ca, 0, "ca", "FILE", "certificates (PEM) to trust beside the system's"), \
	OPT(T, registries.cert_dir, 0, "cert-dir", "DIR", \
	    "*.crt to trust, NAME.cert and NAME.key to show, instead of certs.d/HOST:PORT"), \
	OPT(T, registries.plain, 0, "plain-http", NULL, "talk to registries by http"), \
	OPT(T, registries.insecure, 0, "insecure", NULL, \
	    "believe any certificate, and use http where https is not spoken"), \
	OPT(T, registries.no_mirrors, 0, "no-mirrors", NULL, \
	    "read from the registry that was named, not its mirrors in registries.conf"), \
	OPT(T, registries.timeout, 0, "timeout", "SECONDS", \
	    "the longest wait for a server that says nothing (30)")

#define REGISTRIES_KERNEL(T) \
	OPT(T, kernel, 'k', "kernel", "KVER", "of an index for several kernels: this one")

static int registries_options(struct kml *k, const struct registries *a,
                              struct remote_options *out)
{
	if (a->timeout == 0 || a->timeout > 3600)
		return fail(k, KML_USAGE, "--timeout: from 1 to 3600 seconds");
	*out = (struct remote_options){
		.http = {
			.plain = a->plain, .insecure = a->insecure,
			.trust = { .ca = a->ca, .cert_dir = a->cert_dir, .unverified = a->insecure },
		},
		.authfile = a->authfile,
		.no_mirrors = a->no_mirrors,
	};
	if (a->timeout > 0)
		out->http.limits.connect_ms = out->http.limits.idle_ms = (int)a->timeout * 1000;
	return 0;
}

#endif
