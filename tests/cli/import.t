# A Module of Kernel Module Management as kml.ini.  What KMM's admission check
# refuses is refused, with the path of the field; what kml.ini has no word for is
# lost with a warning.

$ cat >module.json <<'END'
> { "apiVersion": "kmm.sigs.x-k8s.io/v1beta1", "kind": "Module",
>   "metadata": { "name": "demo-a", "namespace": "drivers", "uid": "1", "resourceVersion": "7" },
>   "spec": {
>     "moduleLoader": { "container": {
>       "containerImage": "registry.example/$MOD_NAMESPACE/$MOD_NAME:${KERNEL_FULL_VERSION}",
>       "imagePullPolicy": "Always",
>       "inTreeModulesToRemove": [ "old_a", "old_b" ],
>       "modprobe": { "moduleName": "demo_a", "dirName": "/opt", "firmwarePath": "/firmware",
>         "parameters": [ "debug=1", "greeting=good day" ],
>         "modulesLoadingOrder": [ "demo_a", "demo_b" ] },
>       "build": { "dockerfileConfigMap": { "name": "demo" },
>         "buildArgs": [ { "name": "FLAVOUR", "value": "plain" } ] },
>       "kernelMappings": [
>         { "literal": "6.1.0-56-cloud-amd64", "inTreeModulesToRemove": [], "registryTLS": {} },
>         { "regexp": "^5\\.14\\.0-\\d+\\.el9", "containerImage": "registry.example/el9:$KERNEL_XYZ",
>           "registryTLS": { "insecureSkipTLSVerify": true },
>           "build": { "buildArgs": [ { "name": "FLAVOUR", "value": "el9" } ] } } ] } },
>     "selector": { "node-role.kubernetes.io/worker": "" } },
>   "status": {} }
> END
$ kml import module.json
kml import: warning: spec.moduleLoader.container.imagePullPolicy is lost: kml.ini has no word for it
kml import: warning: spec.selector is lost: kml.ini has no word for it
[module]
name       = demo_a
namespace  = drivers
dir        = /opt
order      = demo_a demo_b
parameters = debug=1 greeting="good day"
firmware   = /firmware
image      = registry.example/${MOD_NAMESPACE}/demo-a:${KERNEL_FULL_VERSION}
replaces   = old_a old_b

[build]
dockerfile = demo
arg.FLAVOUR = plain

[kernel mapping-0]
literal    = 6.1.0-56-cloud-amd64
replaces   =
tls        =

[kernel mapping-1]
regexp     = ^5\.14\.0-\d+\.el9
image      = registry.example/el9:$KERNEL_XYZ
tls        = skip-verify
arg.FLAVOUR = el9
$ kml import -o kml.ini <module.json 2>/dev/null && kml explain -k 5.14.0-427.el9.x86_64 | grep image
  image       registry.example/el9:5.14.0              kml.ini:22 [kernel mapping-1]
$ sed 's/\\\\.el9/\\\\el9/' module.json | kml import
kml import: warning: spec.moduleLoader.container.imagePullPolicy is lost: kml.ini has no word for it
kml import: warning: spec.selector is lost: kml.ini has no word for it
kml import: standard input: spec.moduleLoader.container.kernelMappings[1].regexp: character 14 of '^5\.14\.0-\d+\el9', '\e': no such escape in RE2 (a dot is written \.)
[1]
$ sed 's/"literal": "6/"regexp": "x", &/' module.json | kml import - -o never.ini
kml import: warning: spec.moduleLoader.container.imagePullPolicy is lost: kml.ini has no word for it
kml import: warning: spec.selector is lost: kml.ini has no word for it
kml import: standard input: spec.moduleLoader.container.kernelMappings[0] has both literal and regexp; it takes one of the two
[1]
$ sed 's/el9:$KERNEL_XYZ/el9/' module.json | kml import 2>&1 | tail -1
kml import: standard input: spec.moduleLoader.container.kernelMappings[1].containerImage: image for [kernel mapping-1]: 'registry.example/el9' has neither a tag nor a digest; add :TAG, as in :${KERNEL_FULL_VERSION}
$ sed 's/"debug=1"/1/' module.json | kml import 2>&1 | tail -1
kml import: standard input: spec.moduleLoader.container.modprobe.parameters is not a list of strings
$ sed 's/"demo_b"/"demo_a"/' module.json | kml import 2>&1 | tail -1
kml import: standard input: spec.moduleLoader.container.modprobe.modulesLoadingOrder: order for [kernel mapping-0]: 'demo_a' stands twice in order
$ sed 's/\^5/^5 ;/' module.json | kml import 2>&1 | tail -1
kml import: standard input: spec.moduleLoader.container.kernelMappings[1].regexp: is ';\.14\.0-\d+\.el' a comment? Then put a blank behind its ';'; in a regexp write \x3b for a ';' after a blank
$ echo 'kind: Module' | kml import
kml import: standard input: not JSON: unexpected character, expected a valid root value at byte 0
[1]
$ ls never.ini
ls: cannot access 'never.ini': No such file or directory
[2]
