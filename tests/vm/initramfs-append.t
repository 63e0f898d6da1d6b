# What is appended to another initramfs is there, and leaves its link /lib alone: modules
# of the tree and of an image, firmware, and configuration.
#: tree
#: (cd $kernel && cp -r --parents lib/modules/$kver/kernel/drivers/comedi $root)
#: depmod
#: demo a
#: image t a
#: mkdir -p $root/lib/firmware
#: echo microcode >$root/lib/firmware/me2600_firmware.bin
#: echo 'options dummy numdummies=2' >$work/$name/dummy.conf
#: kml cpio -b $root -k $kver --from oci:$root/images:t -m dummy -m me_daq -m kml_demo_b --firmware -C $work/$name/dummy.conf -o $work/$name/segment 
#: rm -r $root/lib $root/images
#: mkdir -p $root/usr/lib && ln -s usr/lib $root/lib
#: (cd $root && find . | cpio -o -H newc --quiet) >$work/$name/base
#: cat $work/$name/base $work/$name/segment >$work/$name/boot.img
#: initramfs boot.img

$ modprobe -v dummy
insmod /lib/modules/KVER/kernel/drivers/net/dummy.ko numdummies=2 
$ modprobe -v kml_demo_b
insmod /lib/modules/KVER/updates/kml_demo_a.ko 
insmod /lib/modules/KVER/updates/kml_demo_b.ko 
$ modprobe -D me_daq
insmod /lib/modules/KVER/kernel/drivers/comedi/comedi.ko 
insmod /lib/modules/KVER/kernel/drivers/comedi/comedi_pci.ko 
insmod /lib/modules/KVER/kernel/drivers/comedi/drivers/me_daq.ko 
$ cat /lib/firmware/me2600_firmware.bin
microcode
$ cat /usr/lib/modules/KVER/modules.dep
kernel/drivers/net/dummy.ko:
kernel/drivers/comedi/comedi_pci.ko: kernel/drivers/comedi/comedi.ko
kernel/drivers/comedi/comedi.ko:
kernel/drivers/comedi/drivers/me_daq.ko: kernel/drivers/comedi/comedi_pci.ko kernel/drivers/comedi/comedi.ko
updates/kml_demo_b.ko: updates/kml_demo_a.ko
updates/kml_demo_a.ko:
$ modprobe loop
modprobe: FATAL: Module loop not found in directory /lib/modules/KVER
[1]
