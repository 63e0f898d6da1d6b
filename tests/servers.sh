# servers.sh - for tests/system: results told one way, and registries that are started for a test.
#
# Read by a script that set `src`, `kml`, `bad` (0) and `room`, a directory of its own: it goes
# there, and at the end that is taken away, with the servers.
subject=$(basename "$0") servers=''
finish() {
	for pid in $servers; do kill "$pid" 2>/dev/null; done
	rm -rf "$room"
}
trap finish EXIT
cd "$room" || exit 1
export HOME="$room" XDG_RUNTIME_DIR="$room/run" TMPDIR="$room"
unset REGISTRY_AUTH_FILE DOCKER_CONFIG SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy

ok() { echo "ok $subject: $1"; }
no() {
	sed 's/^/    /' log
	echo "FAIL $subject: $1"
	bad=1
}
try() { # NAME COMMAND...
	name=$1
	shift
	if "$@" >log 2>&1; then ok "$name"; else no "$name"; fi
}
refused() { # NAME PATTERN COMMAND...
	name=$1 pattern=$2
	shift 2
	if "$@" >log 2>&1 || ! grep -q "$pattern" log; then no "$name"; else ok "$name"; fi
}
have() { command -v "$1" >/dev/null || { echo "skip $subject: no $1"; return 1; }; }

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
start() { # NAME PORT MORE: its configuration is NAME.yml
	printf 'version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\nstorage:\n' >"$1.yml"
	printf '  filesystem:\n    rootdirectory: %s/%s\n  delete:\n    enabled: true\n' "$room" "$1" >>"$1.yml"
	printf 'http:\n  addr: 127.0.0.1:%s\n%b' "$2" "$3" >>"$1.yml"
	docker-registry serve "$1.yml" >"$1.log" 2>&1 &
	servers="$servers $!"
	for _ in $(seq 100); do
		python3 -c "import socket; socket.create_connection(('127.0.0.1', $2))" 2>/dev/null && return
		sleep 0.1
	done
	cat "$1.log"
}
killed() { # COMMAND...: kill it ever later, until it is through
	for ms in 005 010 020 030 040 060 080 120 200; do
		timeout -s KILL "0.$ms" "$@" >/dev/null 2>&1
	done
	"$@"
}
