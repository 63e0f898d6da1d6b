# A module that was replaced comes back with all it needs, as modprobe loads it.
#: ini kml.ini '[module]' 'name = kml_demo_a' 'replaces = dm_thin_pool' 'image = oci:/images:a' '[kernel all]' 'regexp = .'
#: tree
#: depmod
#: demo a
#: rm $root/a/kml_demo_b.ko
#: kml pack -n kml_demo_a -m $root/a -o oci:$root/images:a
#: rm -r $root/a

$ modprobe dm_thin_pool
$ kml load
kml load: loaded kml_demo_a
$ kml unload
kml unload: unloaded kml_demo_a
kml unload: loaded dm_thin_pool again
$ lsmod
Module                  Size  Used by
dm_thin_pool SIZE 0
dm_persistent_data SIZE 1 dm_thin_pool
dm_bio_prison SIZE 1 dm_thin_pool
dm_bufio SIZE 1 dm_persistent_data
dm_mod SIZE 2 dm_bufio,dm_thin_pool
libcrc32c SIZE 1 dm_persistent_data
$ modprobe dm_thin_pool
$ lsmod
Module                  Size  Used by
dm_thin_pool SIZE 0
dm_persistent_data SIZE 1 dm_thin_pool
dm_bio_prison SIZE 1 dm_thin_pool
dm_bufio SIZE 1 dm_persistent_data
dm_mod SIZE 2 dm_bufio,dm_thin_pool
libcrc32c SIZE 1 dm_persistent_data
