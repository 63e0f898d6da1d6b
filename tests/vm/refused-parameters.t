# Parameters that a module does not take, or does not have.
#: tree
#: demo
#: depmod
#: hold hide_log mount tmpfs /dev

$ modprobe loop max_loop=many
modprobe: ERROR: could not insert 'loop': Invalid argument
modprobe: INFO: 'many' is no value for the parameter max_loop of loop: Maximum number of loop devices
[1]
$ modprobe loop max-part=0x
modprobe: ERROR: could not insert 'loop': Invalid argument
modprobe: INFO: '0x' is no value for the parameter max-part (int) of loop: Maximum number of partitions per loop device
[1]
$ modprobe loop max_loop=1 max_part=2 hw_queue_depth=none
modprobe: ERROR: could not insert 'loop': Invalid argument
modprobe: INFO: 'none' is no value for the parameter hw_queue_depth of loop: Queue depth for each hardware queue. Default: 128
[1]
$ modprobe -v kml_demo_b greetings=many
insmod /lib/modules/KVER/updates/kml_demo_a.ko 
insmod /lib/modules/KVER/updates/kml_demo_b.ko greetings=many
modprobe: INFO: kml_demo_b has no parameter 'greetings'; did you mean 'greeting'?
$ rmmod kml_demo_b
$ modprobe -v kml_demo_b loudness=5
insmod /lib/modules/KVER/updates/kml_demo_b.ko loudness=5
modprobe: INFO: kml_demo_b has no parameter 'loudness'; it has greeting
$ rmmod kml_demo_b
$ modprobe kml_demo_b greeting= greetings=many
modprobe: ERROR: could not insert 'kml_demo_b': Invalid argument
modprobe: INFO: kml_demo_b has no parameter 'greetings'; did you mean 'greeting'?
[1]

# Nothing is known of what the module itself does not like.

$ modprobe kml_demo_b greeting=
modprobe: ERROR: could not insert 'kml_demo_b': Invalid argument
[1]

# The same without the kernel's log.

$ modprobe hide_log
$ modprobe loop max_loop=many
modprobe: ERROR: could not insert 'loop': Invalid argument
[1]
$ modprobe loop max_loop=1 max-part=
modprobe: ERROR: could not insert 'loop': Invalid argument
modprobe: INFO: '' is no value for the parameter max-part (int) of loop: Maximum number of partitions per loop device
[1]
$ modprobe kml_demo_b greeting= greetings=many
modprobe: ERROR: could not insert 'kml_demo_b': Invalid argument
modprobe: INFO: kml_demo_b has no parameter 'greetings'; did you mean 'greeting'?
[1]
$ modprobe kml_demo_b greeting= loudness=5
modprobe: ERROR: could not insert 'kml_demo_b': Invalid argument
modprobe: INFO: kml_demo_b has no parameter 'loudness'; it has greeting
[1]
