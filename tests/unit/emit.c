#define KML_TEST
#include "../../src/format/emit.c"
#include "../test.h"

TESTS
	TEST("what is no UTF-8 is replaced, what is stays") {
		struct buf b = { .s = s };

		emit_open(&b, '[');
		emit_bytes(&b, S("m\xc3\xb6" "d \xff\xc3\"\n"));
		emit_bytes(&b, S(""));
		emit_close(&b, ']');
		CHECK(str_eq(buf_str(&b), S("[\"m\xc3\xb6" "d \xef\xbf\xbd\xef\xbf\xbd\\\"\\n\",\"\"]")));
		CHECK(emit_is_utf8(buf_str(&b)));
	}
	TEST("numbers, words and pairs") {
		struct buf b = { .s = s };

		emit_open(&b, '{');
		emit_key(&b, S("n"));
		emit_uint(&b, UINT64_MAX);
		emit_key(&b, S("w"));
		emit_word(&b, S("true"));
		emit_pair(&b, "p", S("\\"));
		emit_close(&b, '}');
		CHECK(str_eq(buf_str(&b), S("{\"n\":18446744073709551615,\"w\":true,\"p\":\"\\\\\"}")));
	}
	TEST("for people, as kubectl prints") {
		struct buf out = { .s = s };

		emit_indented(&out, S("{\"a\":[1,\"x{\\\"\"],\"b\":{},\"c\":{\"d\":[]}}"));
		CHECK(str_eq(buf_str(&out), S("{\n    \"a\": [\n        1,\n        \"x{\\\"\"\n    ],\n"
		             "    \"b\": {},\n    \"c\": {\n        \"d\": []\n    }\n}\n")));
	}
TESTS_END
