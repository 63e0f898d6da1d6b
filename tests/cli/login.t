# login, logout: which logins are known, and where they are kept.  What a registry says to a
# login is in tests/system/registry; here are files, as podman, docker or Kubernetes wrote them.

$ echo 'HOME=$PWD XDG_RUNTIME_DIR=$PWD/run; unset REGISTRY_AUTH_FILE XDG_CONFIG_HOME DOCKER_CONFIG; export HOME XDG_RUNTIME_DIR' >env
$ mkdir -p run/containers .config/containers .docker && auth() { printf '{"auths":{"%s":{"auth":"%s"}}}' $1 $(printf $2 | base64); } && auth quay.io podman:secret >run/containers/auth.json && auth https://index.docker.io/v1/ docker:secret >.docker/config.json && auth quay.io other:secret >.config/containers/auth.json
$ . ./env; kml login --get-login quay.io; kml login --get-login docker.io; kml login --get-login ghcr.io
podman
docker
kml login: nobody is logged in to ghcr.io
[1]

# A file that is named is the only one; the longest key that fits counts.

$ echo '{"auths":{"quay.io/org":{"username":"org","password":"secret"},"quay.io":{"username":"all","password":"secret"}}}' >mine
$ kml login --authfile mine --get-login quay.io/org/app; REGISTRY_AUTH_FILE=mine kml login --get-login quay.io/other; kml login --authfile mine --get-login docker.io
org
all
kml login: nobody is logged in to docker.io
[1]

# A secret of Kubernetes, as it is mounted into a pod.

$ mkdir secret && echo '{"auths":{"*.example.org":{"username":"pod","password":"secret"}}}' >secret/.dockerconfigjson && kml login --authfile secret --get-login registry.example.org
pod

# A credential helper, for one registry or for all.

$ printf '#!/bin/sh\nread host && echo "$1 $host" >>asked\n[ $host = none.io ] && echo credentials not found && exit 1\n[ $host != bad.io ] || exit 1\necho "{\\"Username\\":\\"helped\\",\\"Secret\\":\\"secret\\"}"\n' >docker-credential-test && chmod 755 docker-credential-test
$ echo '{"credHelpers":{"a.io":"test","none.io":"test","bad.io":"test","gone.io":"gone","evil.io":"../x"}}' >helpers
$ PATH=$PWD:$PATH; for host in a.io none.io bad.io gone.io evil.io; do kml login --authfile helpers --get-login $host; done; cat asked
helped
kml login: nobody is logged in to none.io
kml login: helpers: the credential helper docker-credential-test failed (status 1)
kml login: helpers: docker-credential-gone: no such program
kml login: helpers: "../x" is no name of a credential helper
get a.io
get none.io
get bad.io

# A file that cannot be read is an error; it is not that nobody is logged in.

$ echo '{"auths":' >broken; kml login --authfile broken --get-login quay.io
kml login: broken: not JSON: unexpected end of data at byte 10
[1]
$ echo '{"auths":{"quay.io":{"auth":"???"}}}' >broken; kml login --authfile broken --get-login quay.io
kml login: broken: quay.io: "auth" is not base64
[1]
$ kml login --authfile none --get-login quay.io
kml login: none: No such file or directory
[1]

# A login is forgotten where it is kept; what else is in the file stays.

$ kml logout --authfile mine quay.io && cat mine; kml logout --authfile mine quay.io
{"auths":{"quay.io/org":{"username":"org","password":"secret"}}}
$ kml logout --authfile mine --all && cat mine && stat -c %a mine
{"auths":{}}
600
$ . ./env; kml logout quay.io; kml login --get-login quay.io
other

# A password is asked for at the terminal, or read from standard input: never an argument.

$ setsid -w kml login registry.example
kml login: there is no terminal to ask at; use --username and --password-stdin
[2]
$ echo secret | kml login --password-stdin registry.example
kml login: --password-stdin needs --username
[2]
$ echo | kml login -u me --password-stdin registry.example
kml login: a user, without a colon, and a password are needed
[2]
$ kml login -u me --password secret registry.example
kml login: expected: kml login [OPTION]... HOST[/PATH]
[2]
$ kml login
kml login: expected: kml login [OPTION]... HOST[/PATH]
[2]
$ kml logout https://Registry.example:5000x
kml logout: "Registry.example:5000x" is no host
[2]
