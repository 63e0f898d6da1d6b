/* images.c - of tests/unit/vectors.c: images, registries, nodes. */

/* ---- registries ---------------------------------------------------------- */

/* Digests of these cases are short; those of references are not. */
static struct str whole_digest(struct check *c, struct str t)
{
	const char *at = memmem(t.p, t.n, "@sha256:", 8);
	struct str hex = at ? str_from(t, (size_t)(at + 8 - t.p)) : S("");
	struct buf b = { .s = c->s };

	buf_add(&b, (struct str){ t.p, t.n - hex.n });
	for (size_t i = 0; at && i < 64; i++)
		buf_byte(&b, hex.n && memchr("0123456789abcdef", hex.p[i % hex.n], 16) ? hex.p[i % hex.n] : 'a');
	return buf_str(&b);
}

/* Where KMM cuts at a ':' that begins no tag, or leaves a tag, kml does not. */
static enum verdict repo_of_ref(struct check *c)
{
	struct str want = text_of(c->out), got;
	struct ref ref;

	if (ref_parse(c->k, c->s, whole_digest(c, text_of(c->in)), &ref) < 0)
		return refused(c, KML_BAD);
	got = str_of(scope_format(c->s, "%.*s/%.*s", FMT(ref.host), FMT(ref.path)));
	if (same(c, got) == PASS)
		return PASS;
	return str_starts(got, want) || str_starts(want, got) || str_ends(got, want) ? DIFFER : WRONG;
}

/* An index of OCI is one too. */
static enum verdict index_select(struct check *c)
{
	yyjson_val *list = json_get(c->in, "manifests"), *v;
	struct manifest index = { .is_index = true, .type = field(c->in, "mediaType") };
	struct image_platform want = { .os = S("linux"), .arch = field(c->in, "arch") };
	const struct descriptor *found;
	size_t i, max;
	int r;

	index.manifests = news(c->s, struct descriptor, yyjson_arr_size(list));
	yyjson_arr_foreach(list, i, max, v)
		index.manifests[index.nmanifests++] = (struct descriptor){ .type = DESCRIPTOR_MANIFEST,
			.digest = text_of(yyjson_arr_get(v, 0)), .os = S("linux"),
			.arch = text_of(yyjson_arr_get(v, 1)) };
	r = image_pick(c->k, c->s, S("sha256:i"), &index, &want, &found);
	if (r == 0 && c->err)
		return memmem(index.type.p, index.type.n, "manifest.list", 13) ? WRONG : DIFFER;
	return r < 0 ? refused(c, r) : same(c, found->digest);
}

static enum verdict mirrored(struct check *c)
{
	yyjson_val *reg = json_get(c->in, "registry"), *list = json_get(reg, "mirrors"), *v;
	struct str image = field(c->in, "image"), repo = image, host = str_take(&repo, '/'), end;
	struct buf b = { .s = c->s };
	struct mirrors m;
	size_t i, max, fit = 0;

	if (reg)
		buf_format(&b, "[[registry]]\nprefix = '%.*s'\nlocation = '%.*s'\nblocked = %s\n",
		           FMT(field(reg, "prefix")), FMT(field(reg, "location")),
		           yyjson_is_true(json_get(reg, "blocked")) ? "true" : "false");
	yyjson_arr_foreach(list, i, max, v) {
		struct str at = yyjson_is_str(v) ? text_of(v) : field(v, "location");
		struct str how = field(v, "pull-from-mirror");

		buf_format(&b, "[[registry.mirror]]\nlocation = '%.*s'\n", FMT(at));
		if (how.n)
			buf_format(&b, "pull-from-mirror = '%.*s'\n", FMT(how));
	}
	repo.n -= repo.n - str_find(repo, '@');
	repo.n -= str_base(repo).n - str_find(str_base(repo), ':');
	end = str_from(image, (size_t)(repo.p + repo.n - image.p));
	if (save_mkdirs(c->k, c->s, SCRATCH) < 0 ||
	    save_file(c->k, c->s, SCRATCH "/registries.conf", buf_str(&b)) < 0 ||
	    setenv("CONTAINERS_REGISTRIES_CONF", SCRATCH "/registries.conf", 1) != 0 ||
	    mirrors_find(c->k, c->s, host, repo, str_find(image, '@') < image.n, false, &m) < 0)
		return yyjson_arr_size(c->out) ? refused(c, KML_BAD) : PASS;
	yyjson_arr_foreach(c->out, i, max, v)
		if (i < m.n)
			fit += str_eq(text_of(v), str_of(scope_format(c->s, "%.*s/%.*s%.*s",
			              FMT(m.ways[i].host), FMT(m.ways[i].repo), FMT(end))));
	return fit == m.n && fit == max ? PASS : WRONG;
}

/* Each directory is one mounted secret, which kml is shown with --authfile. */
static enum verdict pull_secrets(struct check *c)
{
	struct str repo = field(c->in, "image"), host = str_take(&repo, '/'), from = { 0 };
	size_t i, max;
	yyjson_val *key, *v;

	JSON_EACH(json_get(c->in, "files"), i, max, key, v) {
		struct str name = json_slice(key), dir = { name.p, name.n - str_base(name).n }, text = text_of(v);
		bool legacy = str_starts(text, S("legacy"));
		const char *at = scope_format(c->s, SCRATCH "/secret%zu/%.*s", i, FMT(dir));
		struct str of = str_base(str_of(scope_format(c->s, "/%.*s", FMT(text))));
		struct creds login;

		if (!str_starts(str_base(name), S(".docker")))
			continue;       /* kml does not look at it */
		for (size_t sp = of.n; sp-- > 0;)
			if (of.p[sp] == ' ') {
				of = str_from(of, sp + 1);
				break;
			}
		if (save_mkdirs(c->k, c->s, at) < 0 || save_file(c->k, c->s, scope_format(c->s, "%s%.*s",
			at, FMT(str_base(name))), str_of(scope_format(c->s,
			"%s{\"%.*s\":{\"username\":\"username\",\"password\":\"p\"}}%s",
			legacy ? "" : "{\"auths\":", FMT(of), legacy ? "" : "}"))) < 0 ||
		    creds_find(c->k, c->s, at, host, repo, &login) < 0)
			return refused(c, KML_BAD);
		if (login.found && str_eq(login.user, field(c->out, "username")))
			from = str_base(name);
	}
	buf_add(&c->got, from);
	return !c->err && str_eq(from, field(c->out, "password_from")) ? PASS : WRONG;
}

/* What a registry's answer means: a manifest without a mediaType is one by its head. */
static enum verdict image_exists(struct check *c)
{
	static const char manifest[] = "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/"
		"vnd.oci.image.config.v1+json\",\"digest\":\"sha256:%064d\",\"size\":2},\"layers\":[]}";
	struct remote_options o = { .http = { .plain = true } };
	struct transport_end end;
	struct descriptor d;
	struct manifest m;
	struct str text;
	uint64_t status;
	const char *body;
	unsigned port;
	int r;

	if (json_need_uint(c->k, c->in, "status", &status) < 0)
		return WRONG;
	body = status == 200 ? scope_format(c->s, manifest, 1) : "{}";
	body = scope_format(c->s, "\1HTTP/1.1 %llu X\r\nContent-Type: application/vnd.oci.image."
		"manifest.v1+json\r\nContent-Length: %zu\r\n\r\n%s", (unsigned long long)status,
		strlen(body), body);
	port = serve(c->k, c->s, scope_format(c->s, "%s%s%s", body, body, body));
	o.http.limits.connect_ms = o.http.limits.idle_ms = 2000;
	if ((r = transport_open(c->k, c->s, scope_format(c->s, "docker://127.0.0.1:%u/m:t", port), &o,
	                        TRANSPORT_READ, &end)) == 0)
		r = store_manifest(c->k, c->s, &end.store, end.name, NULL, &d, &text, &m);
	buf_format(&c->got, "%d %s", r, r < 0 ? c->k->msg : "there");
	if (c->err)
		return r == 0 && status == 200 ? DIFFER : r < 0 && r != KML_NOTFOUND ? PASS : WRONG;
	return yyjson_is_true(c->out) ? (r == 0 ? PASS : WRONG) : r == KML_NOTFOUND ? PASS : WRONG;
}

/* ---- images -------------------------------------------------------------- */

/* An image of one layer with what `e` holds, opened. */
static int one_layer(struct check *c, struct entries *e, struct store *store, struct image *image)
{
	static const struct image_platform any;
	struct kml *k = c->k;
	struct scope *s = c->s;
	struct descriptor blob, d = { .type = DESCRIPTOR_MANIFEST };
	struct manifest m = { .layers = &blob, .nlayers = 1 };
	struct buf b = { .s = s };
	struct reader in;
	struct layout l;
	struct layer layer;
	int r = entries_finish(k, e);

	entries_reader(e, &in);
	if (r < 0 || (r = save_mkdirs(k, s, SCRATCH)) < 0 ||
	    (r = layout_create(k, s, SCRATCH "/layout", &l)) < 0 ||
	    (r = layer_write(k, s, &l, &in, &layer)) < 0)
		return r;
	blob = layer.blob;
	buf_format(&b, "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
	           "\"diff_ids\":[\"%.*s\"]}}", FMT(layer.diff_id));
	m.config.type = DESCRIPTOR_CONFIG;
	if ((r = layout_put(k, s, &l, buf_str(&b), &m.config)) < 0)
		return r;
	b.n = 0;
	manifest_write(&b, &m, NULL, 0);
	if ((r = layout_put(k, s, &l, buf_str(&b), &d)) < 0 ||
	    (r = layout_tag(k, s, &l, S("t"), &d)) < 0 ||
	    (r = folder_open(k, s, SCRATCH "/layout", store)) < 0)
		return r;
	return image_open(k, s, store, S("t"), &any, image);
}

/* What modprobe would find: also compressed, and by either spelling. */
static enum verdict module_in_layer(struct check *c)
{
	struct str dir = field(c->in, "dirName"), kernel = field(c->in, "kernel"), below, want;
	yyjson_val *list = json_get(c->in, "members"), *v;
	struct entries e = entries_begin(c->s, 0);
	struct layer_file *files;
	struct store store;
	struct image image;
	bool found = false;
	size_t i, max, n;

	yyjson_arr_foreach(list, i, max, v) {
		struct str name = text_of(v);

		while (str_starts(name, S("./")) || str_starts(name, S("/")))
			name = str_from(name, name.p[0] == '.' ? 2 : 1);
		if (!str_ends(name, S("/")))
			entries_bytes(&e, name, S("x"));
	}
	while (str_starts(dir, S("/")))
		dir = str_from(dir, 1);
	below = str_of(scope_format(c->s, "%.*s%slib/modules/%.*s", FMT(dir), dir.n ? "/" : "", FMT(kernel)));
	want = modname_of_path(c->s, field(c->in, "module"));
	if (one_layer(c, &e, &store, &image) < 0 ||
	    image_read(c->k, c->s, &image, kernel, image_want_below, &below, &files, &n) < 0)
		return refused(c, KML_BAD);
	for (i = 0; i < n; i++)
		found |= tree_stem(files[i].name).n && str_eq(modname_of_path(c->s, files[i].name), want);
	buf_add(&c->got, found ? S("found") : S("not found"));
	return found == yyjson_is_true(c->out) ? PASS : found ? DIFFER : WRONG;
}

static bool is_there(struct check *c, const char *path, mode_t type, const char *target, ino_t *inode)
{
	char text[256] = "";
	struct stat st;

	if (lstat(path, &st) != 0 || (st.st_mode & S_IFMT) != type)
		return false;
	if (target && (readlink(path, text, sizeof text - 1) < 0 || strcmp(text, target)))
		return false;
	(void)c;
	*inode = st.st_ino;
	return true;
}

/* "NAME regular", "NAME/", "NAME -> TARGET (note)", "NAME hard link to NAME". */
static enum verdict pull_extract(struct check *c)
{
	static const struct extract_options all = { .most = 1 << 20 };
	yyjson_val *list = json_get(c->in, "archive"), *v;
	const char *to = scope_format(c->s, SCRATCH "/out%d", (int)getpid());
	struct entries e = entries_begin(c->s, 0);
	struct store store;
	struct image image;
	struct extract x;
	size_t i, max;
	bool fine = true;

	for (int check = 0; check < 2; check++) {
		yyjson_arr_foreach(list, i, max, v) {
			struct str text = text_of(v), name = str_word(&text), kind = str_word(&text);
			struct str target = str_word(&text);
			const char *at = scope_format(c->s, "%s/%.*s", to, FMT(name));
			ino_t inode, other = 0;

			if (str_eq(kind, S("hard"))) {
				str_word(&text);
				target = str_word(&text);
				entries_add(&e, name, TAR_HARDLINK, 0644)->head.link = scope_str(c->s, target);
				fine = fine && (!check || (is_there(c, at, S_IFREG, NULL, &inode) && is_there(c,
					scope_format(c->s, "%s/%.*s", to, FMT(target)), S_IFREG, NULL, &other) &&
					inode == other));
			} else if (str_eq(kind, S("->"))) {
				entries_link(&e, name, target);
				fine = fine && (!check || is_there(c, at, S_IFLNK, scope_text(c->s, target), &inode));
			} else if (str_ends(name, S("/"))) {
				fine = fine && (!check || is_there(c, at, S_IFDIR, NULL, &inode));
			} else {
				entries_bytes(&e, name, S("text"));
				fine = fine && (!check || is_there(c, at, S_IFREG, NULL, &inode));
			}
		}
		if (!check && (one_layer(c, &e, &store, &image) < 0 ||
		               extract_image(c->k, c->s, &image, &all, to, &x) < 0))
			return refused(c, KML_BAD);
	}
	return fine ? PASS : WRONG;
}

static enum verdict sha256(struct check *c)
{
	yyjson_val *times = json_get(c->in, "repeat");
	struct buf b = { .s = c->s };
	uint64_t n = 0;

	if (times && !str_uint(text_of(yyjson_arr_get(times, 1)), &n))
		return WRONG;
	while (n-- > 0)
		buf_add(&b, text_of(yyjson_arr_get(times, 0)));
	return same(c, digest_hex(digest_of(c->s, times ? buf_str(&b) : text_of(c->in))));
}

/* ---- nodes --------------------------------------------------------------- */

/* A line for each pair of neighbours, which is what `order` means here. */
static enum verdict softdep_conf(struct check *c)
{
	struct buf b = { .s = c->s };
	struct modconf conf = { 0 };
	const struct modconf_line *l;
	struct resolved_list order;
	yyjson_val *v;
	size_t i, max;

	yyjson_arr_foreach(c->in, i, max, v)
		buf_format(&b, "%s%.*s", i ? ", " : "", FMT(text_of(v)));
	buf_byte(&b, '\0');
	order = resolved_list_of(c->s, b.p);
	modconf_read(c->k, c->s, &conf, "softdep.conf", text_of(c->out));
	l = conf.of[MODCONF_SOFTDEP].first;
	for (i = 0; i + 1 < order.n; i++, l = l->next) {
		struct str rest = l ? l->text : S(""), first;
		bool post = true, begun = false;

		first = modconf_softdep(&rest, &post, &begun);
		if (!l || !str_eq(l->name, str_of(order.v[i])) || post ||
		    !str_eq(first, str_of(order.v[i + 1])))
			return WRONG;
	}
	return !l && order.n == max ? PASS : WRONG;
}

#define MACHINE SCRATCH "/machine"

/* A machine on which nothing has been loaded yet. */
static int machine(struct check *c, struct str param)
{
	int r = system("rm -rf " MACHINE);

	if (r != 0 || (r = save_mkdirs(c->k, c->s, MACHINE "/sys/module/firmware_class/parameters")) < 0 ||
	    (r = save_mkdirs(c->k, c->s, MACHINE "/run/kml/firmware")) < 0)
		return r;
	if (param.p && (r = save_file(c->k, c->s, MACHINE FIRMWARE_PARAM, param)) < 0)
		return r;
	c->k->root = MACHINE;
	return 0;
}

/* Which of `paths`, sorted, are there below the firmware's directory, and no more than `n`? */
static bool firmware_is(struct check *c, yyjson_val *paths)
{
	struct buf b = { .s = c->s };
	yyjson_val *v;
	size_t i, max;
	FILE *f = popen("cd " MACHINE "/run/kml/firmware && find . -type f | sed 's|^./||' | LC_ALL=C sort", "r");
	char text[4096];

	if (!f)
		return false;
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	pclose(f);
	yyjson_arr_foreach(paths, i, max, v)
		buf_format(&b, "%.*s\n", FMT(text_of(v)));
	buf_format(&c->got, "%s", text);
	return str_eq(buf_str(&b), str_of(text));
}

static enum verdict firmware_copy(struct check *c)
{
	yyjson_val *list = json_get(c->in, "image"), *v;
	struct layer_file *files = news(c->s, struct layer_file, yyjson_arr_size(list));
	struct str dir = str_trim(field(c->in, "firmwarePath"));
	struct state st = { .name = "m", .kernel = "6", .image = "i", .digest = "d" };
	struct firmware fw;
	size_t i, max, n = 0;

	while (str_starts(dir, S("/")))
		dir = str_from(dir, 1);
	yyjson_arr_foreach(list, i, max, v)
		if (str_starts(text_of(v), dir))
			files[n++] = (struct layer_file){ .name = text_of(v), .type = TAR_FILE, .data = S("x") };
	if (machine(c, S("\n")) < 0 || firmware_plan(c->k, c->s, files, n, dir, NULL, &fw, &st) < 0 ||
	    firmware_install(c->k, c->s, &fw) < 0)
		return refused(c, KML_BAD);
	return firmware_is(c, c->out) ? PASS : WRONG;
}

static enum verdict firmware_removed(struct check *c)
{
	struct state st = { .name = "m", .kernel = "6", .image = "i", .digest = "d" };
	yyjson_val *v;
	size_t i, max;
	int r = machine(c, S("/run/kml/firmware\n"));

	yyjson_arr_foreach(json_get(c->in, "dst"), i, max, v) {
		const char *path = scope_format(c->s, "%s/%.*s", FIRMWARE_DIR, FMT(text_of(v)));

		if (r == 0 && (r = save_mkdirs(c->k, c->s, scope_text(c->s, (struct str){ path,
		               strlen(path) - str_base(str_of(path)).n }))) == 0)
			r = save_file(c->k, c->s, path, S("x"));
	}
	yyjson_arr_foreach(json_get(c->in, "src"), i, max, v)
		state_add(c->s, &st.firmware, scope_format(c->s, "%s/%.*s", FIRMWARE_DIR, FMT(text_of(v))));
	if (r < 0 || firmware_remove(c->k, c->s, &st) < 0)
		return refused(c, KML_BAD);
	return firmware_is(c, c->out) ? PASS : WRONG;
}

/* kml writes only where nothing was said. */
static enum verdict firmware_class_path(struct check *c)
{
	yyjson_val *old = json_get(c->in, "old");
	struct str was;
	int r = machine(c, old ? text_of(old) : (struct str){ 0 });

	if (r < 0 || (r = firmware_path(c->k, c->s, &was)) < 0)
		return refused(c, r);
	if (!was.n)
		r = firmware_point(c->k, c->s, field(c->in, "new"));
	if (r < 0 || (r = firmware_path(c->k, c->s, &was)) < 0)
		return refused(c, r);
	return same(c, was) == PASS ? PASS : str_eq(was, text_of(old)) ? DIFFER : WRONG;
}

/* Each call that KMM's worker makes is one that modprobe takes. */
static enum verdict worker_calls(struct check *c)
{
	yyjson_val *call, *v;
	size_t i, max, j, n;

	yyjson_arr_foreach(c->out, i, max, call) {
		char **argv = news(c->s, char *, yyjson_arr_size(call) + 2), **operands;
		enum opt_ask ask;

		argv[0] = scope_text(c->s, S("modprobe"));
		yyjson_arr_foreach(call, j, n, v)
			argv[j + 1] = scope_text(c->s, text_of(v));
		if (opt_parse(c->k, c->s, &applet_modprobe, argv,
		              scope_alloc(c->s, applet_modprobe.argsize), &operands, &ask) < 0)
			return refused(c, KML_BAD);
	}
	return PASS;
}

/* What KMM has a container's shell do: it is understood, its commands are there, and
 * their options known.  What is given to modprobe is the user's. */
static enum verdict shell_takes(struct check *c, struct str text)
{
	static const struct applet *const there[] = { &applet_cp, &applet_find, &applet_mkdir,
		&applet_rm, &applet_sleep, &applet_sort, &applet_xargs, &applet_modprobe };
	struct script script;

	buf_add(&c->got, text);
	if (script_parse(c->k, c->s, text, &script) < 0)
		return refused(c, KML_BAD) == DIFFER ? WRONG : PASS;
	for (size_t i = 0; i < script.n; i++) {
		const struct script_command *one = &script.v[i];
		char **argv = news(c->s, char *, one->n + 1), **operands;
		size_t at = 0;
		enum opt_ask ask;

		for (size_t j = 0; j < one->n; j++)
			argv[j] = one->words[j].text;
		while (at < countof(there) && strcmp(there[at]->name, argv[0]))
			at++;
		if (at == countof(there) ? sh_own(argv[0]) == SH_NONE : there[at] != &applet_modprobe &&
		    opt_parse(c->k, c->s, there[at], argv, scope_alloc(c->s, there[at]->argsize),
		              &operands, &ask) < 0)
			return WRONG;
	}
	return script.n ? PASS : WRONG;
}

static enum verdict shell_command(struct check *c)
{
	return shell_takes(c, text_of(yyjson_arr_get(c->out, 2)));
}

/* In the words of the container that makes room for the worker. */
static enum verdict extract_paths_of(struct check *c)
{
	struct buf b = { .s = c->s };
	yyjson_val *v;
	size_t i, max;

	yyjson_arr_foreach(c->out, i, max, v)
		buf_format(&b, "mkdir -p %.*s; cp -R %.*s %.*s;", FMT(text_of(yyjson_arr_get(v, 1))),
		           FMT(text_of(yyjson_arr_get(v, 0))), FMT(text_of(yyjson_arr_get(v, 1))));
	return shell_takes(c, buf_str(&b));
}

/* ---- lists of what is not built ------------------------------------------ */

/* A pattern for one field of such a list: '*' is anything, '~' begins a regexp. */
static void blocked_field(struct buf *b, struct str t)
{
	if (str_starts(t, S("~"))) {
		buf_format(b, "(?:%.*s)", FMT(str_from(t, 1)));
		return;
	}
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] == '*')
			buf_add(b, S(".*"));
		else
			buf_format(b, strchr(".+?()[]{}|^$\\", t.p[i]) ? "\\%c" : "%c", t.p[i]);
}

/* Rules that skip, one for each line; only of kernels, since a kml.ini is about one
 * set of modules.  1: this list is about more. */
static int blocked_ini(struct check *c, struct str list, struct buf *b)
{
	buf_add(b, S("[module]\nname = m\nimage = r/m:t\n"));
	for (size_t n = 0; list.n; n++) {
		struct str line = str_take(&list, '\n'), kernel;

		line.n = str_find(line, '#');
		if (!(kernel = str_word(&line)).n)
			continue;
		for (struct str more; (more = str_word(&line)).n;)
			if (!str_eq(more, S("*")))
				return 1;
		buf_format(b, "[kernel b%zu]\nskip = listed\nregexp = ^", n);
		blocked_field(b, kernel);
		buf_add(b, S("$\n"));
	}
	(void)c;
	buf_add(b, S("[kernel all]\nregexp = .\n"));
	return 0;
}

static enum verdict blocklist(struct check *c)
{
	struct str tasks = field(c->in, "tasks");
	struct buf b = { .s = c->s };
	struct mapping m;
	size_t at = 0;

	if (blocked_ini(c, field(c->in, "blocklist"), &b))
		return UNSAID;
	if (mapping_parse(c->k, c->s, "kml.ini", buf_str(&b), &m) < 0 || c->err)
		return refused(c, KML_BAD);
	while (tasks.n) {
		struct str line = str_take(&tasks, '\n'), rest, kernel;
		struct resolved out;

		line.n = str_find(line, '#');
		rest = line = str_trim(line);
		if (!(kernel = str_word(&rest)).n ||
		    mapping_resolve(c->k, c->s, &m, scope_text(c->s, kernel), &out) == KML_UNMAPPED)
			continue;
		buf_format(&c->got, "%.*s; ", FMT(line));
		if (!str_eq(text_of(yyjson_arr_get(c->out, at++)), line))
			return WRONG;
	}
	return at == yyjson_arr_size(c->out) ? PASS : WRONG;
}
