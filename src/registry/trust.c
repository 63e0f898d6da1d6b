/* trust.c - whom to believe that it is the server, and who to be: CAs, client certificates. */
#ifndef KML_TRUST_C
#define KML_TRUST_C

#include "../ground/base.c"

struct trust_options {
	const char *ca;                 /* a file of certificates in PEM; may be NULL */
	const char *cert_dir;           /* instead of certs.d/HOST:PORT; may be NULL */
	bool unverified;                /* believe everyone */
};

struct trust { const struct trust_options *options; };

/* What is to be believed of `host_port`; read only, several threads may share it. */
static int trust_load(struct kml *k, struct scope *s, const struct trust_options *o,
                      struct str host_port, struct trust **out)
{
	(void)k, (void)host_port;
	*out = new(s, struct trust);
	(*out)->options = o;
	return 0;
}

#endif
