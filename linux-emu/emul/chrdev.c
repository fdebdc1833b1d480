// SPDX-License-Identifier: GPL-2.0-only
// Character devices have no user space to open them; what stands behind one is a device like any other.
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>

int alloc_chrdev_region(dev_t* number, unsigned int first_minor, unsigned int count, const char* name) {
  static unsigned int next_major = 1;

  *number = MKDEV(next_major++, first_minor);
  return 0;
}

void unregister_chrdev_region(dev_t number, unsigned int count) {}

void cdev_init(struct cdev* cdev, const struct file_operations* operations) {
  memset(cdev, 0, sizeof(*cdev));
  cdev->ops = operations;
}

int cdev_device_add(struct cdev* cdev, struct device* dev) { return device_add(dev); }

void cdev_device_del(struct cdev* cdev, struct device* dev) { device_del(dev); }
