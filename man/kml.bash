# written by `kml --completions` from the option tables
_kml() {
	local words=
	case ${COMP_WORDS[1]} in
	modprobe) words="--all --remove --remove-holders --wait --resolve-alias --first-time --ignore-install --use-blacklist --force --force-modversion --force-vermagic --show-depends --show-config --show-modversions --show-exports --dry-run --config --dirname --set-version --syslog --quiet --verbose --help --version --root" ;;
	insmod) words="--force --force-modversion --force-vermagic --syslog --verbose --help --version --root" ;;
	rmmod) words="--force --syslog --verbose --help --version --root" ;;
	lsmod) words="--help --version --root" ;;
	modinfo) words="--author --description --license --parameters --filename --field --null --modname --set-version --basedir --help --version --root" ;;
	depmod) words="--all --quick --basedir --moduledir --outdir --config --errsyms --symvers --filesyms --symbol-prefix --show --verbose --warn --cache --help --version --root" ;;
	coldplug) words="--settle --json --chart --dry-run --jobs --config --dirname --set-version --syslog --quiet --verbose --help --version --root" ;;
	modules-load) words="--dry-run --jobs --config --dirname --set-version --syslog --quiet --verbose --help --version --root" ;;
	kmod) words="--help --version --root" ;;
	static-nodes) words="--format --output --help --version --root" ;;
	tree) words="--reverse --symbols --path --dot --json --config --dirname --set-version --help --version --root" ;;
	pack) words="--name --modules --kernel --firmware --dir --order --kml --base --label --output --annotation --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	copy) words="--all --platform --kernel --preserve-digests --referrers --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	pull) words="--all --platform --kernel --preserve-digests --referrers --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	push) words="--all --platform --kernel --preserve-digests --referrers --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	tags) words="--json --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	login) words="--username --password-stdin --get-login --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	logout) words="--all --authfile --help --version --root" ;;
	digest) words="--json --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	delete) words="--json --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	inspect) words="--json --raw --config --modules --verify --platform --kernel --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	extract) words="--platform --kernel --max-size --same-owner --devices --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	append) words="--base --platform --kernel --all --env --cmd --entrypoint --label --output --annotation --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	merge) words="--by --last-wins --layers --max-size --platform --kernel --label --output --annotation --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	squash) words="--layers --max-size --platform --kernel --label --output --annotation --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	index) words="--append --output --annotation --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	bundle) words="--output --all --kernel --config --platform --lock --list --jobs --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	serve) words="--listen --tls --cert --key --push --name --verbose --help --version --root" ;;
	cpio) words="--kernel --module --alias --output --compress --init --firmware --onto --from --base --config --lib --kml --no-kml --quiet --help --version --root" ;;
	explain) words="--config --json --kernel --kernels --installed --tags --shard --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	lint) words="--config --json --kernel --kernels --installed --tags --shard --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	plan) words="--config --kernel --kernels --installed --tags --shard --no-check --jobs --json --matrix --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	lock) words="--config --output --kernel --kernels --installed --tags --shard --platform --jobs --diff --json --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	build) words="--config --kernel --kernels --installed --tags --shard --jobs --force --workdir --kml --dry-run --json --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	import) words="--output --help --version --root" ;;
	export) words="--config --output --name --namespace --node-selector --pull-secret --image --completions --parallelism --kernel --kernels --installed --tags --shard --help --version --root" ;;
	load) words="--config --locked --dry-run --json --reload --firmware-path --store --no-store --quiet --authfile --ca --cert-dir --plain-http --insecure --no-mirrors --timeout --help --version --root" ;;
	unload) words="--quiet --help --version --root" ;;
	status) words="--config --json --help --version --root" ;;
	sh) words="--help --version --root" ;;
	cp) words="--recursive --help --version --root" ;;
	mkdir) words="--parents --help --version --root" ;;
	rm) words="--dir --force --help --version --root" ;;
	find) words="--help --version --root" ;;
	sort) words="--reverse --help --version --root" ;;
	xargs) words="--help --version --root" ;;
	sleep) words="--help --version --root" ;;
	init) words="--help --version --root" ;;
	esac
	[ "$COMP_CWORD" = 1 ] && words="modprobe insmod rmmod lsmod modinfo depmod coldplug modules-load kmod static-nodes tree pack copy pull push tags login logout digest delete inspect extract append merge squash index bundle serve cpio explain lint plan lock build import export load unload status sh cp mkdir rm find sort xargs sleep init"
	COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kml kml
