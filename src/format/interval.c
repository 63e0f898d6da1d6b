/* interval.c - is there a kernel in this range, and in none of those?
 *
 * A range changes its answer only at the versions that its conditions name.  Between two
 * names of kernels there always is another, so it is enough to try those versions, with
 * and without what they say of the release, and what is above and below each.
 */
#ifndef KML_INTERVAL_C
#define KML_INTERVAL_C

#include "../ground/base.c"
#include "kver.c"

enum { INTERVAL_NAME = 256 };           /* with longer versions it is taken for granted */

struct interval {
	const struct kver_range *const *v;      /* [0] is the range, the rest are those */
	size_t n;
	char name[INTERVAL_NAME + 20];  /* the answer */
};

static bool interval_is(struct interval *in)
{
	struct str name = str_of(in->name);

	for (size_t i = 0; i < in->n; i++)
		if ((kver_range_unmet(in->v[i], name) == NULL) != (i == 0))
			return false;
	return true;
}

/* Try "VERSION" or "VERSION-RELEASE", and what is above and just below; of two versions
 * with something between them, that is just below the upper one. */
static bool interval_around(struct interval *in, struct str version, struct str release)
{
	static const char *const ends[] = { ".0", "", "~99999999" };

	for (size_t i = 0; i < countof(ends); i++) {
		snprintf(in->name, sizeof in->name, "%.*s%s%.*s%s", FMT(version), release.n ? "-" : "",
		         FMT(release), ends[i]);
		if (interval_is(in))
			return true;
	}
	return false;
}

static bool interval_find(struct interval *in)
{
	for (size_t i = 0; i < in->n; i++)
		for (size_t j = 0; j < in->v[i]->n; j++) {
			struct str release = in->v[i]->v[j].version, version = str_take(&release, '-');

			if (release.n + version.n >= INTERVAL_NAME || interval_around(in, version, S("")) ||
			    (release.n && interval_around(in, version, release)))
				return true;
		}
	return false;
}

#endif
