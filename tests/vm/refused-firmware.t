# Firmware that a module asks for and nobody has.
#: demo
#: LC_ALL=C sed -i 's|author=the kml authors|firmware=kml/a-hub.bin|' $modules/updates/kml_demo_a.ko
#: LC_ALL=C sed -i 's|author=the kml authors|firmware=kml/b-hub.bin|' $modules/updates/kml_demo_b.ko
#: mkdir -p $root/lib/firmware/kml && echo >$root/lib/firmware/kml/b-hub.bin.xz
#: depmod

$ modprobe -v kml_demo_b
insmod /lib/modules/KVER/updates/kml_demo_a.ko 
modprobe: INFO: kml_demo_a may ask for the firmware kml/a-hub.bin, which is not in /lib/firmware
insmod /lib/modules/KVER/updates/kml_demo_b.ko 
$ rmmod kml_demo_b kml_demo_a
$ modprobe kml_demo_b
