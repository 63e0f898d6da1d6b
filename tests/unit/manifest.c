#define KML_TEST
#include "../../src/format/manifest.c"
#include "../test.h"

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define D(type) "{\"mediaType\":\"application/vnd.oci.image." type "\"," \
	"\"digest\":\"sha256:" HEX "\",\"size\":7}"
#define LAYER D("layer.v1.tar+gzip")
#define HEAD "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
#define IMAGE HEAD "\"config\":" D("config.v1+json") ",\"layers\":[" LAYER "]"

static int document(struct kml *k, struct scope *s, const char *text)
{
	struct manifest m;

	return manifest_read(k, s, str_of(text), S(""), &m);
}

static int read_config(struct kml *k, struct scope *s, const char *rest)
{
	struct manifest_config c;
	const char *text = scope_format(s, "{\"os\":\"linux\",\"architecture\":\"amd64\",%s}", rest);

	return manifest_read_config(k, s, str_of(text), 1, &c);
}

TESTS
	struct manifest m;
	struct descriptor d;
	struct buf b = { .s = s };
	yyjson_val *v;

	TEST("a manifest is read, with or without its type") {
		CHECK(manifest_read(k, s, S(IMAGE "}"), DESCRIPTOR_MANIFEST, &m) == 0);
		CHECK(!m.is_index && m.nlayers == 1 && m.layers[0].size == 7);
		CHECK(str_eq(m.config.type, DESCRIPTOR_CONFIG));
		CHECK(document(k, s, "{\"schemaVersion\":2,\"manifests\":[]}") == 0);
		CHECK(manifest_read(k, s, S("{\"schemaVersion\":2,\"manifests\":[]}"),
			DESCRIPTOR_MANIFEST, &m) == KML_BAD);
	}
	TEST("what is written is what was read") {
		CHECK(manifest_read(k, s, S(IMAGE "}"), S(""), &m) == 0);
		manifest_write(&b, &m, NULL, 0);
		CHECK(str_eq(buf_str(&b), S(IMAGE "}")));
	}
	TEST("no document is two things") {
		CHECK(document(k, s, IMAGE ",\"manifests\":[]}") == KML_BAD);
		CHECK(!strcmp(k->msg, "has the fields of an index and of an image"));
		CHECK(manifest_read(k, s, S(IMAGE "}"), DESCRIPTOR_INDEX, &m) == KML_BAD);
		CHECK(document(k, s, HEAD "\"manifests\":[]}") == KML_BAD);
		CHECK(document(k, s, IMAGE ",\"schemaVersion\":2}") == KML_BAD);
	}
	TEST("other versions and types are refused in words") {
		CHECK(document(k, s, "{\"schemaVersion\":1,\"fsLayers\":[]}") == KML_BAD);
		CHECK(!strcmp(k->msg, "a manifest of schema 1; copy the image with a newer tool"));
		CHECK(document(k, s, "{\"schemaVersion\":3}") == KML_BAD);
		CHECK(document(k, s, "{\"schemaVersion\":2,\"mediaType\":\"text/html\"}") == KML_BAD);
		CHECK(document(k, s, HEAD "\"config\":" D("config.v1+json") "}") == KML_BAD);
	}
	TEST("a descriptor's digest and size have their forms") {
		static const char *const bad[] = {
			"\"digest\":\"sha256:../../etc/passwd\",\"size\":1",
			"\"digest\":\"md5:d41d8cd98f00b204e9800998ecf8427e\",\"size\":1",
			"\"digest\":\"sha256:" HEX "\",\"size\":-1",
			"\"digest\":\"sha256:" HEX "\",\"size\":1.5",
			"\"digest\":\"sha256:" HEX "\",\"size\":\"1\"",
			"\"digest\":\"sha256:" HEX "\"",
			"\"size\":1",
			"\"digest\":\"sha256:" HEX "\",\"size\":1,\"annotations\":{\"a\":1}",
			"\"digest\":\"sha256:" HEX "\",\"size\":1,\"platform\":{\"os\":\"linux\"}",
		};

		for (size_t i = 0; i < countof(bad); i++) {
			const char *text = scope_format(s, "{\"mediaType\":\"a/b\",%s}", bad[i]);

			CHECK(json_read(k, s, str_of(text), &v) == 0);
			CHECK(descriptor_read(k, s, v, &d) == KML_BAD);
		}
	}
	TEST("annotations and platforms come and go") {
		CHECK(json_read(k, s, S("{\"mediaType\":\"a/b\",\"digest\":\"sha256:" HEX "\",\"size\":1,"
			"\"annotations\":{\"k\":\"v\"},\"platform\":{\"architecture\":\"arm\",\"os\":\"linux\","
			"\"variant\":\"v7\"}}"), &v) == 0 && descriptor_read(k, s, v, &d) == 0);
		CHECK(str_eq(descriptor_note(&d, S("k")), S("v")) && !descriptor_note(&d, S("x")).p);
		CHECK(str_eq(d.variant, S("v7")));
		d.json = NULL;
		b.n = 0;
		descriptor_write(&b, &d);
		CHECK(str_ends(buf_str(&b), S("\"annotations\":{\"k\":\"v\"},\"platform\":{\"architecture\":"
			"\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}}")));
	}
	TEST("a config says as much of the layers as there are") {
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX "\"]}") == 0);
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}") == KML_BAD);
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[1]}") == KML_BAD);
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"squash\",\"diff_ids\":[\"sha256:" HEX "\"]}") == KML_BAD);
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX "\"]},"
			"\"history\":[{},{\"empty_layer\":true}]") == 0);
		CHECK(read_config(k, s, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" HEX "\"]},"
			"\"history\":[{\"empty_layer\":true}]") == KML_BAD);
		CHECK(read_config(k, s, "\"created\":\"x\"") == KML_BAD);
	}
	TEST("more layers than can be mounted are refused") {
		b.n = 0;
		buf_add(&b, S(HEAD "\"config\":" D("config.v1+json") ",\"layers\":[" LAYER));
		for (int i = 1; i < MANIFEST_LAYERS; i++)
			buf_add(&b, S("," LAYER));
		buf_add(&b, S("]}"));
		CHECK(manifest_read(k, s, buf_str(&b), S(""), &m) == 0 && m.nlayers == MANIFEST_LAYERS);
		b.n -= 2;
		buf_add(&b, S("," LAYER "]}"));
		CHECK(manifest_read(k, s, buf_str(&b), S(""), &m) == KML_BAD);
	}
TESTS_END
