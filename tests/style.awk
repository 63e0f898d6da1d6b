# style.awk - what a reader may rely on, checked: awk -f tests/style.awk kml.c src/*/*.c
#
# kml.c comes first: its list of parts is the order they may lean on each other.
function bad(msg) { printf "%s:%d: %s\n", FILENAME, FNR, msg; failed = 1 }
function base(path) { sub(/.*\//, "", path); sub(/\.c$/, "", path); return path }
function floor_of(path) { sub(/^src\//, "", path); sub(/\/.*/, "", path); return path }
function resolve(path) { while (sub(/[^\/.]+\/\.\.\//, "", path)) ; return path }
# Does `name` begin with the part's own?
function own(name) { return index(name, stem) == 1 }

BEGIN {
	split("ground format module image registry site command", floors, " ")
	for (i in floors) rank[floors[i]] = i
	rank["api.c"] = rank["site"]
	calls = "open|openat|open64|creat|read|pread|write|pwrite|close|lseek|stat|fstat|lstat|fstatat|access|" \
		"mkdir|mkdirat|unlink|unlinkat|rmdir|rename|renameat|link|linkat|symlink|symlinkat|readlink|readlinkat|" \
		"chdir|chmod|fchmod|fsync|ftruncate|truncate|mmap|munmap|ioctl|syscall|fcntl|dup|dup2|pipe|pipe2|" \
		"fork|vfork|execv|execve|execvp|system|popen|waitpid|wait|kill|mount|umount|umount2|reboot|uname|" \
		"fopen|fdopen|freopen|opendir|readdir|closedir|socket|connect|send|recv|poll|select|nanosleep|sleep|" \
		"getpid|getuid|setenv|time|clock_gettime|sysconf|memfd_create|flock|isatty|pthread_[a-z_]*"
}

FNR == 1 {
	part = FILENAME == "kml.c" ? "kml" : base(FILENAME)
	floor = floor_of(FILENAME); stem = part; sub(/^cmd_/, "", stem)
	guard = "KML_" toupper(part) "_C"
	if (index($0, "/* " part ".c - ") != 1) bad("no one-line purpose")
	if (part != "kml" && !(floor in rank)) bad("no such floor: " floor)
	if (part != "kml" && !(FILENAME in at)) bad("not in kml.c")
	guarded = inside = comment = 0; test = 0
}
part != "kml" && $1 == "#ifndef" && $2 == guard { guarded = 1 }

# comments: only text; tests may do what the program may not
{ text = comment || /^[ \t]*\/\*/; if (/\/\*/) comment = 1; if (/\*\//) comment = 0; code = text ? "" : $0
  gsub(/"([^"\\]|\\.)*"/, "\"\"", code); gsub(/\/\*.*\*\//, "", code) }
/^#if(def)? .*KML_TEST/ { test = 1 }
/^#(else|endif)/ { test = 0 }

# 1. order: a part includes only parts that kml.c lists above it, of its own floor or one above
part == "kml" && /^#include "src\// { split($2, q, "\""); at[q[2]] = ++n }
part != "kml" && /^#include "[^"]*\.c"/ {
	split($2, q, "\""); dir = FILENAME; sub(/[^\/]*$/, "", dir); d = resolve(dir q[2])
	if (!(d in at) || at[d] >= at[FILENAME]) bad("includes " d ", which is not above it")
	else if (rank[floor_of(d)] > rank[floor]) bad("includes " d ", which is on a floor below") }

# 2. names: what a part defines begins with its own name (the ground is exempt)
part != "kml" && floor != "ground" && floor != "api.c" {
	if (code ~ /^(static|const|enum|struct|__attribute__)[^=;]*[ *][a-z_0-9]+\(/ && $0 !~ /^__attribute__/) {
		f = code; sub(/\(.*/, "", f); sub(/.*[ *]/, "", f)
		if (!own(f)) bad("function " f " does not begin with " stem) }
	if (code ~ /^(struct|enum|union) [a-z_0-9]+ *\{/ && !own($2)) bad($1 " " $2 " does not begin with " stem)
	if (code ~ /^static [^(]*[ *][a-z_0-9]+(\[.*)? = / && code !~ /^static [^=]*\(/) {
		v = code; sub(/(\[.*)? = .*/, "", v); sub(/.*[ *]/, "", v)
		if (!own(v) && v != "applet_" stem) bad("variable " v " does not begin with " stem) }
	if (/^#define /) {
		m = $2; sub(/\(.*/, "", m); up = toupper(stem)
		if (m != guard && m != up && index(m, up "_") != 1 && m !~ /_STATIC_LINKING_ONLY$/) bad("macro " m " leaks into the parts below") }
}

# 3. memory, the system and state stay where they belong
code ~ /(^|[^_a-z0-9>.])(malloc|calloc|realloc|free|strdup|asprintf)\(/ && FILENAME !~ /^src\/(ground\/base|api)\.c$/ {
	bad("allocates outside its scope") }
code ~ "(^|[^_a-z0-9>.])(" calls ")\\(" && floor != "ground" { bad("system call outside ground/") }
code ~ /[^_a-z](sys|save|kernel|process|machine)_[a-z_]+\(/ && floor == "format" { bad("a format asks the system") }
code ~ /(^|[^_a-z])(goto|strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|atoi|atol|alloca|strtok|assert|exit|abort)[ (;]/ {
	bad("we do not use this: " $0) }
code ~ /(^|[^_a-z])(setjmp|longjmp)\(/ && FILENAME != "src/ground/base.c" { bad("jumps, as only base.c does") }
code ~ /^static [^()]*[ *][a-z_0-9]+(\[.*\])?( = .*|;)$/ && code !~ /const|_Atomic/ && !test { bad("state outside a struct kml") }
code ~ /^\t+static / && code !~ /const|_Atomic/ { bad("state outside a struct kml") }

# 4. layout
length($0) > 100      { bad("line longer than 100") }
/[ \t]$/              { bad("space at end of line") }
/^        /           { if (!text && $0 !~ /^ +[^ ]/) bad("indented with spaces") }
/^(\t| )*\/\// || (code ~ /[;{}) ]\/\/ /) { bad("comment of the other kind") }
/TO[D]O|FIX[M]E|X[X]X/      { bad("unfinished business") }
/^\{/                 { inside = FNR }
/^\}/ && inside       { if (FNR - inside > 60) bad("function of " FNR - inside " lines: over 60"); inside = 0 }
FNR == 601 && part != "kml" { bad("part longer than 600 lines") }
{ last[FILENAME] = FNR; if (guarded) ok[FILENAME] = 1 }
END {
	for (f in last) if (f != "kml.c" && !(f in ok)) { print f ": no include guard KML_..._C"; failed = 1 }
	exit failed
}
