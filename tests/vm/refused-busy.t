# Who uses a module that cannot be taken out: modules, processes, mounts.
#: tree
#: depmod
#: hold hold_brd open /dev/ram0
#: hold hold_loop open /dev/loop-control
#: hold hold_mount mount configfs /config

# Modules, and those that use them in turn.

$ modprobe dm-thin-pool
$ modprobe -r dm-mod
modprobe: FATAL: Module dm_mod is in use.
modprobe: INFO: dm_mod is used by dm_bufio (used by dm_persistent_data (used by dm_thin_pool)), dm_thin_pool
[1]
$ rmmod dm-mod
rmmod: ERROR: Module dm_mod is in use by: dm_bufio dm_thin_pool
rmmod: INFO: dm_mod is used by dm_bufio (used by dm_persistent_data (used by dm_thin_pool)), dm_thin_pool
[1]
$ rmmod dm-persistent-data
rmmod: ERROR: Module dm_persistent_data is in use by: dm_thin_pool
[1]
$ modprobe -r -q dm-mod
[1]
$ modprobe -r dm-thin-pool

# A process with a device of the module open: found by the device's number, or its alias.

$ modprobe brd rd_nr=1
$ modprobe hold_brd
$ modprobe -r brd
modprobe: FATAL: Module brd is in use.
modprobe: INFO: brd is used by process PID (holder) through /dev/ram0
[1]
$ rmmod brd
rmmod: ERROR: Module brd is in use
rmmod: INFO: brd is used by process PID (holder) through /dev/ram0
[1]
$ modprobe -r -w 10 brd
modprobe: ERROR: could not remove 'brd': Resource temporarily unavailable
modprobe: INFO: brd is used by process PID (holder) through /dev/ram0
[1]
$ modprobe loop
$ modprobe hold_loop
$ rmmod loop
rmmod: ERROR: Module loop is in use
rmmod: INFO: loop is used by process PID (holder) through /dev/loop-control
[1]

# A mount of the module's file system.

$ modprobe configfs
$ modprobe hold_mount
$ rmmod configfs
rmmod: ERROR: Module configfs is in use
rmmod: INFO: configfs is used by the mount of none on /config
[1]
