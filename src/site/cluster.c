/* cluster.c - a kml.ini as what runs kml in a Kubernetes cluster without KMM.
 *
 * The kml.ini goes into a ConfigMap as it is.  Beside it stands a DaemonSet that loads
 * on each node and unloads when it goes, or a Job that builds: each of its pods takes
 * one part of the list of kernels.  The rights are the least: CAP_SYS_MODULE to load,
 * all of them only where the path of firmware has to be set; none to build.
 *
 * The objects are texts here, with ' for " and $A to $Z for what is filled in.
 */
#ifndef KML_CLUSTER_C
#define KML_CLUSTER_C

#include "../ground/base.c"
#include "../ground/sys.c"
#include "../format/digest.c"
#include "../format/emit.c"
#include "../format/settings.c"
#include "export.c"
#include "kernels.c"

struct cluster {
	struct export e;
	const char *image;              /* has kml in it; NULL: the one of the kml.ini */
	const struct kernels *kernels;  /* of a Job; NULL: a DaemonSet */
	long parts, parallel;
};

enum { CLUSTER_MOST = 1 << 20 };        /* bytes in a ConfigMap */

static const char cluster_list[] = "{'apiVersion':'v1','kind':'List','items':["
	"{'apiVersion':'v1','kind':'ConfigMap','metadata':$M,'data':$D},";

static const char cluster_daemonset[] = "{'apiVersion':'apps/v1','kind':'DaemonSet',"
	"'metadata':$M,'spec':{'selector':{'matchLabels':{'app.kubernetes.io/name':$N}},"
	"'template':{'metadata':{'labels':{'app.kubernetes.io/name':$N},"
	"'annotations':{'io.kml.config':$H}},'spec':{"
	"'priorityClassName':'system-node-critical','automountServiceAccountToken':false,"
	"'nodeSelector':$S,'tolerations':[{'operator':'Exists'}],$P"
	"'initContainers':[{'name':'load','image':$I,"
	"'command':['kml','load','-c','/etc/kml/kml.ini'],$T$E'securityContext':$X,"
	"'volumeMounts':$V}],"
	"'containers':[{'name':'loaded','image':$I,'command':['kml','sleep','infinity'],"
	"'lifecycle':{'preStop':{'exec':{'command':['kml','unload',$U]}}},"
	"'securityContext':$X,'volumeMounts':$V}],"
	"'volumes':[{'name':'config','configMap':{'name':$N}},"
	"{'name':'modules','hostPath':{'path':'/lib/modules'}},"
	"{'name':'run','hostPath':{'path':'/run/kml','type':'DirectoryOrCreate'}},"
	"{'name':'store','hostPath':{'path':'/var/lib/kml','type':'DirectoryOrCreate'}}$F$A]}}}}]}";

static const char cluster_job[] = "{'apiVersion':'batch/v1','kind':'Job','metadata':$M,'spec':{"
	"'completionMode':'Indexed','completions':$C,'parallelism':$L,'template':{'spec':{"
	"'restartPolicy':'Never','automountServiceAccountToken':false,'nodeSelector':$S,$P"
	"'containers':[{'name':'build','image':$I,'workingDir':'/work','command':['kml','build',"
	"'-c','/etc/kml/kml.ini','-K','/etc/kml/kernels','--shard',$Q,"
	"'--workdir','/work'],$T$E'volumeMounts':["
	"{'name':'config','mountPath':'/etc/kml','readOnly':true},"
	"{'name':'work','mountPath':'/work'}$B]}],"
	"'volumes':[{'name':'config','configMap':{'name':$N}},{'name':'work','emptyDir':{}}$A]}}}}]}";

static const char cluster_mounts[] = "[{'name':'config','mountPath':'/etc/kml','readOnly':true},"
	"{'name':'modules','mountPath':'/lib/modules','readOnly':true},"
	"{'name':'run','mountPath':'/run/kml'},"
	"{'name':'store','mountPath':'/var/lib/kml'}$G$B]";

static const char cluster_rights[] = "{'allowPrivilegeEscalation':false,'capabilities':{"
	"'add':['SYS_MODULE'],'drop':['ALL']},'readOnlyRootFilesystem':true,'runAsUser':0,"
	"'seLinuxOptions':{'type':'spc_t'}}";

static void cluster_fill(struct buf *b, const char *text, const struct str *values)
{
	for (; *text; text++)
		if (*text == '$')
			buf_add(b, values[*++text - 'A']);
		else
			buf_byte(b, *text == '\'' ? '"' : *text);
}

static struct str cluster_piece(struct cluster *c, const char *text, const struct str *values)
{
	struct buf b = { .s = c->e.s };

	cluster_fill(&b, text, values);
	return buf_str(&b);
}

static struct str cluster_quoted(struct cluster *c, struct str text)
{
	struct buf b = { .s = c->e.s };

	emit_text(&b, text);
	return buf_str(&b);
}

/* The image, if it is not named: one that is the same for all kernels. */
static int cluster_image(struct cluster *c)
{
	const char *image = c->image ? c->image : export_module_key(&c->e, "image");

	if (!image || (!c->image && strchr(image, '$')))
		return fail(c->e.k, KML_USAGE, "which image has kml in it? say --image");
	c->image = image;
	return emit_is_utf8(str_of(image)) ? resolved_check_image(c->e.k, image) :
		fail(c->e.k, KML_USAGE, "--image is no text");
}

/* What the pod will not find, since it lies beside the kml.ini. */
static void cluster_warn(const struct cluster *c)
{
	static const char *const keys[] = { "image", "ca", "cert", "key", "modules", "sources",
		"headers" };
	enum { TO_LOAD = 4 };

	for (const struct settings_section *p = c->e.m->set.first; p; p = p->next)
		for (size_t i = 0; i < (c->kernels ? countof(keys) : TO_LOAD); i++) {
			const struct settings_entry *v = settings_get(p, keys[i]);
			struct str path = v ? v->value : S("");

			if (!i && !str_starts(path, S("oci")) && !str_starts(path, S("docker-archive:")))
				continue;
			if (!i)
				(void)str_take(&path, ':');
			if (path.n && path.p[0] != '/')
				note(c->e.k, KML_WARNING, "%s:%d: '%.*s' will not be in the pod; name a place in "
				     "its image, from / on", c->e.m->file, v->line, FMT(path));
		}
}

/* The ConfigMap's data, and their digest. */
static int cluster_data(struct cluster *c, struct str *data, struct str *digest)
{
	struct buf list = { .s = c->e.s }, b = { .s = c->e.s };
	struct str ini;
	int r = sys_read_file(c->e.k, c->e.s, c->e.m->file, &ini);

	if (r < 0)
		return fail_in(c->e.k, r, "%s", c->e.m->file);
	emit_open(&b, '{');
	emit_pair(&b, "kml.ini", ini);
	for (size_t i = 0; c->kernels && i < c->kernels->n; i++)
		buf_format(&list, "%s\n", c->kernels->v[i]);
	if (c->kernels)
		emit_pair(&b, "kernels", buf_str(&list));
	emit_close(&b, '}');
	if (ini.n + list.n + 32 > CLUSTER_MOST)
		return fail(c->e.k, KML_BAD, "%s and the list of kernels have %zu bytes together; a "
		            "ConfigMap has at most %d", c->e.m->file, ini.n + list.n, CLUSTER_MOST);
	*data = buf_str(&b);
	*digest = digest_of(c->e.s, *data);
	return 0;
}

/* Where the login for registries is, if there is one: for the kubelet and for kml. */
static void cluster_secret(struct cluster *c, struct str *v)
{
	const char *name = c->e.pull_secret;

	for (const char *at = name ? "PEAB" : ""; *at; at++)
		v[*at - 'A'] = cluster_piece(c, *at == 'P' ? "'imagePullSecrets':[{'name':$Z}]," :
			*at == 'E' ? "'env':[{'name':'DOCKER_CONFIG','value':'/run/secrets/kml'}]," :
			*at == 'A' ? ",{'name':'login','secret':{'secretName':$Z,'items':["
			"{'key':'.dockerconfigjson','path':'config.json'}]}}" :
			",{'name':'login','mountPath':'/run/secrets/kml','readOnly':true}", v);
}

/* Does any rule have firmware, so that the path of firmware is set on the node? */
static bool cluster_firmware(const struct cluster *c)
{
	for (const struct settings_section *p = c->e.m->set.first; p; p = p->next) {
		const struct settings_entry *v = settings_get(p, "firmware");

		if (v && v->value.n)
			return true;
	}
	return false;
}

/* The JSON of the List, into c->e.b. */
static int cluster_export(struct cluster *c)
{
	struct str v['Z' - 'A' + 1] = { 0 };
	struct buf *b = &c->e.b;
	int r = export_names(&c->e, "kml-");

	if (r < 0 || (r = cluster_image(c)) < 0 ||
	    (r = cluster_data(c, &v['D' - 'A'], &v['H' - 'A'])) < 0)
		return r;
	cluster_warn(c);
	export_metadata(&c->e);
	v['M' - 'A'] = scope_str(c->e.s, buf_str(b));
	b->n = 0;
	if ((r = export_nodes(&c->e)) < 0)
		return r;
	v['S' - 'A'] = scope_str(c->e.s, buf_str(b));
	b->n = 0;
	v['N' - 'A'] = cluster_quoted(c, str_of(c->e.name));
	v['H' - 'A'] = cluster_quoted(c, v['H' - 'A']);
	v['I' - 'A'] = cluster_quoted(c, str_of(c->image));
	v['U' - 'A'] = cluster_quoted(c, str_of(export_module_key(&c->e, "name")));
	if (c->e.pull_secret)
		v['Z' - 'A'] = cluster_quoted(c, str_of(c->e.pull_secret));
	cluster_secret(c, v);
	if (c->kernels) {
		v['C' - 'A'] = str_of(scope_format(c->e.s, "%ld", c->parts));
		v['L' - 'A'] = str_of(scope_format(c->e.s, "%ld", c->parallel));
		v['Q' - 'A'] = cluster_quoted(c, v['C' - 'A']);
	} else if (cluster_firmware(c)) {
		v['F' - 'A'] = S(",{\"name\":\"sys\",\"hostPath\":{\"path\":\"/sys\"}}");
		v['G' - 'A'] = S(",{\"name\":\"sys\",\"mountPath\":\"/sys\"}");
	}
	v['T' - 'A'] = S("\"terminationMessagePolicy\":\"FallbackToLogsOnError\",");
	v['X' - 'A'] = cluster_piece(c, v['F' - 'A'].n ? "{'privileged':true,"
		"'readOnlyRootFilesystem':true,'runAsUser':0}" : cluster_rights, v);
	v['V' - 'A'] = cluster_piece(c, cluster_mounts, v);
	cluster_fill(b, cluster_list, v);
	cluster_fill(b, c->kernels ? cluster_job : cluster_daemonset, v);
	return 0;
}

#endif
