/* Without KML_TEST: scopes as they are in the program, with their chunks. */
#include "../../src/ground/base.c"

static int bad;
#define CHECK(e) ((e) ? (void)0 : (void)(bad++, fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #e)))

static int scopes(struct kml *k, struct scope *s, void *arg)
{
	struct scope *t = scope_begin(s);

	(void)k;
	(void)arg;
	for (int round = 0; round < 4; round++) {       /* a cleared scope is used again */
		char *small[64], *large;

		for (int i = 0; i < 64; i++) {
			small[i] = scope_raw(t, 1000);
			memset(small[i], i, 1000);
		}
		large = scope_raw(t, 100000);
		memset(large, 'x', 100000);
		for (int i = 0; i < 64; i++)
			CHECK(small[i][0] == i && small[i][999] == i);
		CHECK((uintptr_t)new(t, int) % _Alignof(max_align_t) == 0);
		scope_clear(t);
	}
	scope_end(t);
	CHECK(scope_text(t, S("a scope that ended can begin anew"))[0] == 'a');
	return 0;
}

static int texts(struct kml *k, struct scope *s, void *arg)
{
	struct str t = S("one two\t three"), none = { 0 };
	struct buf b = { .s = s };
	uint64_t n;

	(void)k;
	(void)arg;
	CHECK(str_eq(str_word(&t), S("one")) && str_eq(str_word(&t), S("two")));
	CHECK(str_eq(str_word(&t), S("three")) && !str_word(&t).n);
	CHECK(str_from(none, 3).p == NULL && str_eq(str_take(&none, 'x'), S("")));
	CHECK(str_eq(str_base(S("/a/b.ko")), S("b.ko")) && str_eq(str_base(S("c")), S("c")));
	CHECK(str_cmp(S("a"), S("ab")) < 0 && str_cmp(S("b"), S("ab")) > 0);
	CHECK(str_uint(S("18446744073709551615"), &n) && n == UINT64_MAX);
	CHECK(!str_uint(S("18446744073709551616"), &n) && !str_uint(S(""), &n));
	CHECK(!str_uint(S("-1"), &n) && !str_uint(S("1x"), &n));
	for (int i = 0; i < 1000; i++)
		buf_format(&b, "%d,", i);
	CHECK(b.n == 3890 && str_ends(buf_str(&b), S("998,999,")));
	CHECK(!strcmp(scope_format(s, "%s-%d", "x", 7), "x-7"));
	return 0;
}

static int inside(struct kml *k, struct scope *s, void *arg)
{
	(void)arg;
	if (scope_alloc(s, SIZE_MAX / 2))
		CHECK(false);
	return fail(k, KML_FAIL, "not reached");
}

static int outside(struct kml *k, struct scope *s, void *arg)
{
	char *mine = scope_text(s, S("still here"));

	(void)arg;
	CHECK(kml_run(k, inside, NULL) == KML_NOMEM && !strcmp(k->msg, "out of memory"));
	CHECK(!strcmp(mine, "still here") && !strcmp(scope_text(s, S("more")), "more"));
	say_in(k, "%s", "in a place");
	CHECK(!strcmp(k->msg, "in a place: out of memory"));
	return 0;
}

int main(void)
{
	struct kml k = { 0 };

	CHECK(kml_run(&k, scopes, NULL) == 0);
	CHECK(kml_run(&k, texts, NULL) == 0);
	CHECK(kml_run(&k, outside, NULL) == 0);
	if (!bad)
		puts("ok");
	return bad != 0;
}
