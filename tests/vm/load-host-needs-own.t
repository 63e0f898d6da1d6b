# What the host needs is taken out of the image when it is there; a soft dependency may fail.
#: ini kml.ini '[module]' 'name = dm_thin_pool' 'image = oci:/images:o' '[kernel all]' 'regexp = .'
#: tree
#: mkdir $root/o
#: cp $modules/kernel/drivers/md/dm-thin-pool.ko $modules/kernel/drivers/md/dm-bufio.ko $root/o/
#: kml pack -n dm-thin-pool -m $root/o -o oci:$root/images:o
#: rm -r $root/o
#: depmod

$ kml load -n
/lib/modules/KVER/kernel/drivers/md/dm-bio-prison.ko dm_bio_prison
/lib/modules/KVER/kernel/arch/x86/crypto/crc32c-intel.ko crc32c_intel
/lib/modules/KVER/kernel/lib/libcrc32c.ko libcrc32c
/lib/modules/KVER/kernel/drivers/md/dm-mod.ko dm_mod
oci:/images:o dm_bufio
/lib/modules/KVER/kernel/drivers/md/persistent-data/dm-persistent-data.ko dm_persistent_data
oci:/images:o dm_thin_pool
$ kml load
kml load: loaded dm_bio_prison
kml load: warning: module crc32c_intel: No such device: crc32c_intel found nothing here that it drives (cpu:type:x86,ven*fam*mod*:feature:*0094*); it is not needed
kml load: loaded libcrc32c
kml load: loaded dm_mod
kml load: loaded dm_bufio
kml load: loaded dm_persistent_data
kml load: loaded dm_thin_pool
$ lsmod
Module                  Size  Used by
dm_thin_pool SIZE 0
dm_persistent_data SIZE 1 dm_thin_pool
dm_bufio SIZE 1 dm_persistent_data
dm_mod SIZE 2 dm_bufio,dm_thin_pool
libcrc32c SIZE 1 dm_persistent_data
dm_bio_prison SIZE 1 dm_thin_pool
