#include "../../src/image/archive.c"
#include "../../src/image/verify.c"
#include <sys/mman.h>

#define CONFIG "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" \
	"\"sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef\"]}}"

static void add(struct buf *b, struct scope *s, const char *name, struct str text)
{
	struct tar_entry e = { .name = str_of(name), .type = TAR_FILE, .mode = 0644, .size = text.n };

	tar_put_entry(b, s, &e);
	buf_add(b, text);
	buf_add(b, (struct str){ tar_zeros, tar_padding(text.n) });
}

/* The first byte: manifest.json, index.json and that as a blob, or a whole archive. */
static struct str make(struct scope *s, struct str t)
{
	struct buf b = { .s = s };
	struct tar_entry link = { .name = S("l/layer.tar"), .type = TAR_SYMLINK, .link = S("../a.tar") };
	char how = t.n ? t.p[0] : 'm';

	t = str_from(t, 1);
	if (how != 'm' && how != 'i')
		return t;
	add(&b, s, "a.tar", (struct str){ tar_zeros, sizeof tar_zeros });
	add(&b, s, "c.json", S(CONFIG));
	tar_put_entry(&b, s, &link);
	add(&b, s, "oci-layout", S("{\"imageLayoutVersion\":\"1.0.0\"}"));
	add(&b, s, how == 'm' ? "manifest.json" : "index.json", t);
	add(&b, s, scope_text(s, archive_name(s, digest_of(s, t))), t);
	add(&b, s, scope_text(s, archive_name(s, digest_of(s, S(CONFIG)))), S(CONFIG));
	buf_add(&b, (struct str){ tar_zeros, sizeof tar_zeros });
	return buf_str(&b);
}

/* A document that comes out has the digest that it is said to have. */
static int look(struct kml *k, struct scope *s, const struct store *st, struct str name)
{
	struct descriptor d;
	struct str bytes, blob;
	struct manifest m;

	if (store_document(k, s, st, name, NULL, &d, &bytes) < 0)
		return 0;
	if (!str_eq(digest_of(s, bytes), d.digest) || d.size != bytes.n)
		abort();
	if (manifest_read(k, s, bytes, d.type, &m) < 0)
		return 0;
	for (size_t i = 0; i < m.nlayers && i < 8; i++)
		if (store_small(k, s, st, &m.layers[i], &blob) == 0 && blob.n != m.layers[i].size)
			abort();
	if (m.config.digest.n)
		(void)store_small(k, s, st, &m.config, &blob);
	return 0;
}

static int one(struct kml *k, struct scope *s, void *arg)
{
	struct str bytes = make(s, *(struct str *)arg), *tags;
	int fd = memfd_create("archive", 0);
	struct store st;
	struct verify v;
	size_t n;

	if (bytes.n && write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
		abort();
	for (int docker = 0; docker < 2; docker++) {
		if (archive_open(k, s, scope_format(s, "/proc/self/fd/%d", fd), docker, &st) < 0)
			continue;
		(void)look(k, s, &st, S(""));
		if (archive_tags(k, s, st.self, &tags, &n) < 0)
			abort();
		for (size_t i = 0; i < n && i < 8; i++)
			(void)look(k, s, &st, tags[i]);
		(void)verify_run(k, s, &st, S(""), &v);
	}
	close(fd);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct kml k = { 0 };
	struct str text = { (const char *)p, n };

	kml_run(&k, one, &text);
	scope_end(&k.keep);
	return 0;
}
