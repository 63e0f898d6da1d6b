#define KML_TEST
#include "../../src/format/json.c"
#include "../test.h"

static int parse(struct kml *k, struct scope *s, struct str text)
{
	yyjson_val *v;

	return json_read(k, s, text, &v);
}

TESTS
	struct buf b = { .s = s };
	yyjson_val *v, *sub;
	struct str text;
	uint64_t n;

	TEST("values are found, and null is absence") {
		CHECK(json_read(k, s, S("{\"a\":\"x\\u0000y\",\"b\":null,\"c\":9223372036854775807,"
			"\"d\":{\"e\":\"f\"},\"g\":[1]}"), &v) == 0);
		CHECK(json_text(k, v, "a", &text) == 0 && str_eq(text, S("x\0y")));
		CHECK(json_text(k, v, "b", &text) == 0 && !text.p);
		CHECK(json_text(k, v, "z", &text) == 0 && !text.p);
		CHECK(json_need_text(k, v, "b", &text) == KML_BAD);
		CHECK(!strcmp(k->msg, "\"b\" is missing"));
		CHECK(json_need_uint(k, v, "c", &n) == 0 && n == INT64_MAX);
		CHECK(json_object(k, v, "d", &sub) == 0 && json_is_map(sub));
		CHECK(json_array(k, v, "g", &sub) == 0 && yyjson_arr_size(sub) == 1);
	}
	TEST("another type is an error, not a default") {
		CHECK(json_text(k, v, "c", &text) == KML_BAD);
		CHECK(json_object(k, v, "g", &sub) == KML_BAD);
		CHECK(json_array(k, v, "d", &sub) == KML_BAD);
		CHECK(json_need_uint(k, v, "a", &n) == KML_BAD);
		CHECK(!json_is_map(v));
	}
	TEST("sizes are whole numbers of 0 to 2^63-1") {
		static const char *const bad[] = {
			"-1", "1.0", "1e3", "9223372036854775808", "18446744073709551616", "\"1\"",
		};

		for (size_t i = 0; i < countof(bad); i++) {
			CHECK(json_read(k, s, str_of(scope_format(s, "{\"size\":%s}", bad[i])), &v) == 0);
			CHECK(json_need_uint(k, v, "size", &n) == KML_BAD);
		}
	}
	TEST("what is not strict JSON is refused") {
		CHECK(parse(k, s, S("")) == KML_BAD);
		CHECK(parse(k, s, S("[]")) == KML_BAD);
		CHECK(parse(k, s, S("{\"a\":1,}")) == KML_BAD);
		CHECK(parse(k, s, S("{\"a\":NaN}")) == KML_BAD);
		CHECK(parse(k, s, S("{} x")) == KML_BAD);
		CHECK(parse(k, s, S("\xef\xbb\xbf{}")) == KML_BAD);
		CHECK(parse(k, s, S("{\"a\":\"\xff\"}")) == KML_BAD);
		CHECK(parse(k, s, S("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}")) == KML_BAD);
		CHECK(!strcmp(k->msg, "the key \"b\" appears twice"));
	}
	TEST("nesting is bounded") {
		char deep[2 * JSON_DEPTH + 8] = "{\"a\":";

		memset(deep + 5, '[', JSON_DEPTH - 1);
		memset(deep + 5 + JSON_DEPTH - 1, ']', JSON_DEPTH - 1);
		deep[5 + 2 * (JSON_DEPTH - 1)] = '}';
		CHECK(parse(k, s, str_of(deep)) == 0);
		memset(deep + 5, '[', JSON_DEPTH);
		memset(deep + 5 + JSON_DEPTH, ']', JSON_DEPTH);
		deep[5 + 2 * JSON_DEPTH] = '}';
		CHECK(parse(k, s, str_of(deep)) == KML_BAD);
	}
	TEST("what is copied is what was read") {
		struct str all = S("{\"a\":[1,-2.50,1e400,true,false,null],\"\\\"\\\\\":{},"
			"\"z\":[[],{\"m\\n\":\"\xc3\xb6\"}],\"b\":\"\"}");

		CHECK(json_read(k, s, all, &v) == 0);
		json_copy(&b, v);
		CHECK(str_eq(buf_str(&b), all));
	}
	TEST("calls become text without blanks, in their order") {
		b.n = 0;
		emit_open(&b, '{');
		emit_pair(&b, "z", S("\x1b\""));
		emit_key(&b, S("a"));
		emit_open(&b, '[');
		emit_uint(&b, UINT64_MAX);
		emit_word(&b, S("true"));
		emit_close(&b, ']');
		emit_close(&b, '}');
		CHECK(str_eq(buf_str(&b), S("{\"z\":\"\\u001b\\\"\",\"a\":[18446744073709551615,true]}")));
	}
	TEST("UTF-8 is known from what is not") {
		CHECK(emit_is_utf8(S("")) && emit_is_utf8(S("m\xc3\xb6" "dul \xf0\x9f\x98\x80")));
		CHECK(!emit_is_utf8(S("\xff")) && !emit_is_utf8(S("\xc3")));
		CHECK(!emit_is_utf8(S("\xc0\xaf")) && !emit_is_utf8(S("\xed\xa0\x80")));
		CHECK(!emit_is_utf8(S("\xf4\x90\x80\x80")) && !emit_is_utf8(S("\x80")));
	}
TESTS_END
