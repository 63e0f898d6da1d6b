# flatten.awk - write kml.c and everything it includes as one file.
#
# An include in quotes is replaced by the file, the first time only; #line
# keeps diagnostics, debuggers and coverage pointing at the real source.
function emit(path,   line, dir, inc, n) {
	dir = path; if (!sub(/[^\/]*$/, "", dir)) dir = ""
	printf "#line 1 \"%s\"\n", path
	while ((getline line < path) > 0) {
		n++
		if (line ~ /^#include "/) {
			inc = line; gsub(/^#include "|".*$/, "", inc); inc = dir inc
			while (sub(/[^\/.]+\/\.\.\//, "", inc)) ;
			if (inc in seen) { print "/* " inc ": above */"; continue }
			seen[inc] = 1
			emit(inc)
			printf "#line %d \"%s\"\n", n + 1, path
		} else print line
	}
	if (!n) { print "flatten.awk: cannot read " path >"/dev/stderr"; exit 1 }
	close(path)
}
BEGIN { emit(ARGV[1]); exit }
