# A kml.ini as what a Kubernetes cluster takes: a Module for KMM, or kml itself.

$ cat >kml.ini <<'END'
> [module]
> name       = demo_a
> namespace  = drivers
> order      = demo_a, demo_b
> parameters = debug=1 greeting="good day"
> replaces   = old_a
> var.REPO   = registry.example/${MOD_NAMESPACE}
> image      = ${REPO}/${MOD_NAME}:${KERNEL_FULL_VERSION}
> [build]
> sources    = ./demo
> [kernel lab]
> literal    = 6.1.0-56-cloud-amd64
> tls        = insecure
> [kernel broken]
> range      = >=6.2 <6.3
> skip       = no headers were published for these kernels
> [kernel el9]
> regexp     = ^5\.14\.0-\d+\.el9
> dockerfile = build/Dockerfile
> arg.DEBUG  = 1
> END
$ kml export module --node-selector gpu=yes --pull-secret regcred
kml export: warning: kml.ini:10: sources in [build] is lost: a Module has no word for it there
kml export: warning: kml.ini:16: [kernel broken] is lost: a Module has no skip; its kernels are left to the rules below
kml export: warning: KMM takes a Dockerfile from a ConfigMap: kubectl create configmap dockerfile --from-file=dockerfile=build/Dockerfile
{
    "apiVersion": "kmm.sigs.x-k8s.io/v1beta1",
    "kind": "Module",
    "metadata": {
        "name": "demo-a",
        "namespace": "drivers"
    },
    "spec": {
        "moduleLoader": {
            "container": {
                "modprobe": {
                    "moduleName": "demo_a",
                    "modulesLoadingOrder": [
                        "demo_a",
                        "demo_b"
                    ],
                    "parameters": [
                        "debug=1",
                        "greeting=\"good day\""
                    ]
                },
                "inTreeModulesToRemove": [
                    "old_a"
                ],
                "kernelMappings": [
                    {
                        "literal": "6.1.0-56-cloud-amd64",
                        "containerImage": "registry.example/${MOD_NAMESPACE}/demo_a:${KERNEL_FULL_VERSION}",
                        "registryTLS": {
                            "insecure": true
                        }
                    },
                    {
                        "regexp": "^5\\.14\\.0-\\d+\\.el9",
                        "containerImage": "registry.example/${MOD_NAMESPACE}/demo_a:${KERNEL_FULL_VERSION}",
                        "build": {
                            "dockerfileConfigMap": {
                                "name": "dockerfile"
                            },
                            "buildArgs": [
                                {
                                    "name": "DEBUG",
                                    "value": "1"
                                }
                            ]
                        }
                    }
                ]
            }
        },
        "imageRepoSecret": {
            "name": "regcred"
        },
        "selector": {
            "gpu": "yes"
        }
    }
}

# There and back it means the same.
$ kml export module 2>/dev/null | kml import 2>/dev/null | tee again.ini | head -4
[module]
name       = demo_a
namespace  = drivers
order      = demo_a demo_b
$ kml explain -c again.ini -k 5.14.0-427.el9.x86_64 | grep image
  image       registry.example/drivers/demo_a:5.14.0-427.el9.x86_64  again.ini:15 [kernel mapping-1]

# Without KMM: a pod on each node that loads, and unloads when it goes.
$ kml export daemonset --image registry.example/kml:1
{
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "kml-demo-a",
                "namespace": "drivers"
            },
            "data": {
                "kml.ini": "[module]\nname       = demo_a\nnamespace  = drivers\norder      = demo_a, demo_b\nparameters = debug=1 greeting=\"good day\"\nreplaces   = old_a\nvar.REPO   = registry.example/${MOD_NAMESPACE}\nimage      = ${REPO}/${MOD_NAME}:${KERNEL_FULL_VERSION}\n[build]\nsources    = ./demo\n[kernel lab]\nliteral    = 6.1.0-56-cloud-amd64\ntls        = insecure\n[kernel broken]\nrange      = >=6.2 <6.3\nskip       = no headers were published for these kernels\n[kernel el9]\nregexp     = ^5\\.14\\.0-\\d+\\.el9\ndockerfile = build/Dockerfile\narg.DEBUG  = 1\n"
            }
        },
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {
                "name": "kml-demo-a",
                "namespace": "drivers"
            },
            "spec": {
                "selector": {
                    "matchLabels": {
                        "app.kubernetes.io/name": "kml-demo-a"
                    }
                },
                "template": {
                    "metadata": {
                        "labels": {
                            "app.kubernetes.io/name": "kml-demo-a"
                        },
                        "annotations": {
                            "io.kml.config": "sha256:8104df94576aea84fc01dbcb69ba02eb64f3f594aabe37a5e464ff3fc8159109"
                        }
                    },
                    "spec": {
                        "priorityClassName": "system-node-critical",
                        "automountServiceAccountToken": false,
                        "nodeSelector": {
                            "kubernetes.io/os": "linux"
                        },
                        "tolerations": [
                            {
                                "operator": "Exists"
                            }
                        ],
                        "initContainers": [
                            {
                                "name": "load",
                                "image": "registry.example/kml:1",
                                "command": [
                                    "kml",
                                    "load",
                                    "-c",
                                    "/etc/kml/kml.ini"
                                ],
                                "terminationMessagePolicy": "FallbackToLogsOnError",
                                "securityContext": {
                                    "allowPrivilegeEscalation": false,
                                    "capabilities": {
                                        "add": [
                                            "SYS_MODULE"
                                        ],
                                        "drop": [
                                            "ALL"
                                        ]
                                    },
                                    "readOnlyRootFilesystem": true,
                                    "runAsUser": 0,
                                    "seLinuxOptions": {
                                        "type": "spc_t"
                                    }
                                },
                                "volumeMounts": [
                                    {
                                        "name": "config",
                                        "mountPath": "/etc/kml",
                                        "readOnly": true
                                    },
                                    {
                                        "name": "modules",
                                        "mountPath": "/lib/modules",
                                        "readOnly": true
                                    },
                                    {
                                        "name": "run",
                                        "mountPath": "/run/kml"
                                    },
                                    {
                                        "name": "store",
                                        "mountPath": "/var/lib/kml"
                                    }
                                ]
                            }
                        ],
                        "containers": [
                            {
                                "name": "loaded",
                                "image": "registry.example/kml:1",
                                "command": [
                                    "kml",
                                    "sleep",
                                    "infinity"
                                ],
                                "lifecycle": {
                                    "preStop": {
                                        "exec": {
                                            "command": [
                                                "kml",
                                                "unload",
                                                "demo_a"
                                            ]
                                        }
                                    }
                                },
                                "securityContext": {
                                    "allowPrivilegeEscalation": false,
                                    "capabilities": {
                                        "add": [
                                            "SYS_MODULE"
                                        ],
                                        "drop": [
                                            "ALL"
                                        ]
                                    },
                                    "readOnlyRootFilesystem": true,
                                    "runAsUser": 0,
                                    "seLinuxOptions": {
                                        "type": "spc_t"
                                    }
                                },
                                "volumeMounts": [
                                    {
                                        "name": "config",
                                        "mountPath": "/etc/kml",
                                        "readOnly": true
                                    },
                                    {
                                        "name": "modules",
                                        "mountPath": "/lib/modules",
                                        "readOnly": true
                                    },
                                    {
                                        "name": "run",
                                        "mountPath": "/run/kml"
                                    },
                                    {
                                        "name": "store",
                                        "mountPath": "/var/lib/kml"
                                    }
                                ]
                            }
                        ],
                        "volumes": [
                            {
                                "name": "config",
                                "configMap": {
                                    "name": "kml-demo-a"
                                }
                            },
                            {
                                "name": "modules",
                                "hostPath": {
                                    "path": "/lib/modules"
                                }
                            },
                            {
                                "name": "run",
                                "hostPath": {
                                    "path": "/run/kml",
                                    "type": "DirectoryOrCreate"
                                }
                            },
                            {
                                "name": "store",
                                "hostPath": {
                                    "path": "/var/lib/kml",
                                    "type": "DirectoryOrCreate"
                                }
                            }
                        ]
                    }
                }
            }
        }
    ]
}

# Images are built by a Job: each of its pods takes one part of the kernels.
$ printf '6.1.0-56-cloud-amd64 # the lab\n5.14.0-427.el9.x86_64\n' >kernels
$ kml export job --image registry.example/builder:1 -K kernels --completions 2 --namespace ci -o job.json
kml export: warning: kml.ini:10: './demo' will not be in the pod; name a place in its image, from / on
$ grep -e completions -e '"kernels"' -e '"name": "kml' -e namespace -e shard -A1 job.json
                "name": "kml-demo-a",
                "namespace": "ci"
            },
--
                "kml.ini": "[module]\nname       = demo_a\nnamespace  = drivers\norder      = demo_a, demo_b\nparameters = debug=1 greeting=\"good day\"\nreplaces   = old_a\nvar.REPO   = registry.example/${MOD_NAMESPACE}\nimage      = ${REPO}/${MOD_NAME}:${KERNEL_FULL_VERSION}\n[build]\nsources    = ./demo\n[kernel lab]\nliteral    = 6.1.0-56-cloud-amd64\ntls        = insecure\n[kernel broken]\nrange      = >=6.2 <6.3\nskip       = no headers were published for these kernels\n[kernel el9]\nregexp     = ^5\\.14\\.0-\\d+\\.el9\ndockerfile = build/Dockerfile\narg.DEBUG  = 1\n",
                "kernels": "6.1.0-56-cloud-amd64\n5.14.0-427.el9.x86_64\n"
            }
--
                "name": "kml-demo-a",
                "namespace": "ci"
            },
--
                "completions": 2,
                "parallelism": 2,
--
                                    "--shard",
                                    "2",
--
                                    "name": "kml-demo-a"
                                }

# What cannot be.
$ kml export
kml export: expected: kml export module|daemonset|job [OPTION]... [-o FILE]
[2]
$ kml export pod
kml export: 'pod' is none of module, daemonset and job
[2]
$ kml export daemonset
kml export: which image has kml in it? say --image
[2]
$ kml export daemonset --image registry.example/kml
kml export: 'registry.example/kml' has neither a tag nor a digest; add :TAG, as in :${KERNEL_FULL_VERSION}
[1]
$ kml export module --name Demo
kml export: 'Demo' cannot be a name of Kubernetes: at most 63 small letters, digits and '-'
[1]
$ kml export job --image registry.example/builder:1 --completions 0
kml export: a job has at least one part
[2]
$ kml export module --node-selector gpu
kml export: warning: kml.ini:10: sources in [build] is lost: a Module has no word for it there
kml export: warning: kml.ini:16: [kernel broken] is lost: a Module has no skip; its kernels are left to the rules below
kml export: warning: KMM takes a Dockerfile from a ConfigMap: kubectl create configmap dockerfile --from-file=dockerfile=build/Dockerfile
kml export: --node-selector is KEY=VALUE, not 'gpu'
[2]
$ kml export module --image registry.example/kml:1
kml export: kernels, --completions and --parallelism are for a job, and --image is not for a module
[2]

# Names of Secrets and ConfigMaps may have dots; nothing is said twice.

$ printf '[module]\nname = m\nimage = r/m:1\n[build]\ndockerfile = my.docker.file\n[kernel a]\nregexp = .\n' >dots.ini; kml export module -c dots.ini --pull-secret my.registry.secret | grep -A1 -E 'Secret|ConfigMap'
                            "dockerfileConfigMap": {
                                "name": "my.docker.file"
--
        "imageRepoSecret": {
            "name": "my.registry.secret"
$ kml export module -c dots.ini --pull-secret a..b
kml export: 'a..b' cannot be a pull secret of Kubernetes: at most 253 small letters, digits, '-' and '.'
[1]
$ kml export module -c dots.ini --node-selector a=1 --node-selector a=2
kml export: --node-selector a stands twice
[2]
$ sed 's/^image.*/&\ntls = insecure insecure/' dots.ini >twice.ini; kml export module -c twice.ini
kml export: twice.ini:4: tls for [kernel a]: 'insecure' stands twice
[1]
$ sed 's/^dockerfile.*/modules = m.ko\nbase = r\/base/' dots.ini >base.ini; kml explain -c base.ini -k 6.1.0
kml explain: base.ini:6: base for [kernel a]: 'r/base' has neither a tag nor a digest; add :TAG, as in :${KERNEL_FULL_VERSION}
[1]
$ kml export module -c dots.ini --name other | kml import - | head -3
kml import: warning: spec.selector is lost: kml.ini has no word for it
kml import: warning: metadata.name is lost: say kml export --name other
[module]
name       = m

