// SPDX-License-Identifier: BSD-2-Clause
/// Included before everything else in libpci's sources and wherever pci/pci.h is used. Donor drivers in the same image
/// define functions such as pci_scan_bus() and kmalloc-backed string functions of their own, so every global name of
/// libpci and every function it takes from a C library gets a prefix.
#ifndef GRAFT_GLUE_PCI_LIBPCI_RENAME_H
#define GRAFT_GLUE_PCI_LIBPCI_RENAME_H

// What libpci defines.
#define pci_alloc libpci_alloc
#define pci_alloc_dev libpci_alloc_dev
#define pci_cleanup libpci_cleanup
#define pci_define_param libpci_define_param
#define pci_fill_info libpci_fill_info
#define pci_fill_info_v38 libpci_fill_info_v38
#define pci_filter_init libpci_filter_init
#define pci_filter_init_v30 libpci_filter_init_v30
#define pci_filter_init_v38 libpci_filter_init_v38
#define pci_filter_match libpci_filter_match
#define pci_filter_match_v30 libpci_filter_match_v30
#define pci_filter_match_v38 libpci_filter_match_v38
#define pci_filter_parse_id libpci_filter_parse_id
#define pci_filter_parse_id_v30 libpci_filter_parse_id_v30
#define pci_filter_parse_id_v38 libpci_filter_parse_id_v38
#define pci_filter_parse_slot libpci_filter_parse_slot
#define pci_filter_parse_slot_v30 libpci_filter_parse_slot_v30
#define pci_filter_parse_slot_v38 libpci_filter_parse_slot_v38
#define pci_find_cap libpci_find_cap
#define pci_find_cap_nr libpci_find_cap_nr
#define pci_free_caps libpci_free_caps
#define pci_free_dev libpci_free_dev
#define pci_free_name_list libpci_free_name_list
#define pci_free_params libpci_free_params
#define pci_generic_block_read libpci_generic_block_read
#define pci_generic_block_write libpci_generic_block_write
#define pci_generic_fill_info libpci_generic_fill_info
#define pci_generic_scan libpci_generic_scan
#define pci_generic_scan_bus libpci_generic_scan_bus
#define pci_generic_scan_domain libpci_generic_scan_domain
#define pci_get_dev libpci_get_dev
#define pci_get_method_name libpci_get_method_name
#define pci_get_param libpci_get_param
#define pci_get_string_property libpci_get_string_property
#define pci_id_cache_dirty libpci_id_cache_dirty
#define pci_id_cache_flush libpci_id_cache_flush
#define pci_id_cache_load libpci_id_cache_load
#define pci_id_hash_free libpci_id_hash_free
#define pci_id_hwdb_free libpci_id_hwdb_free
#define pci_id_hwdb_lookup libpci_id_hwdb_lookup
#define pci_id_insert libpci_id_insert
#define pci_id_lookup libpci_id_lookup
#define pci_id_net_lookup libpci_id_net_lookup
#define pci_init libpci_init
#define pci_init_v35 libpci_init_v35
#define pci_link_dev libpci_link_dev
#define pci_load_name_list libpci_load_name_list
#define pci_lookup_method libpci_lookup_method
#define pci_lookup_name libpci_lookup_name
#define pci_malloc libpci_malloc
#define pci_mfree libpci_mfree
#define pci_read_block libpci_read_block
#define pci_read_byte libpci_read_byte
#define pci_read_long libpci_read_long
#define pci_read_vpd libpci_read_vpd
#define pci_read_word libpci_read_word
#define pci_scan_bus libpci_scan_bus
#define pci_scan_caps libpci_scan_caps
#define pci_set_name_list_path libpci_set_name_list_path
#define pci_set_param libpci_set_param
#define pci_set_param_internal libpci_set_param_internal
#define pci_set_property libpci_set_property
#define pci_setup_cache libpci_setup_cache
#define pci_strdup libpci_strdup
#define pci_walk_params libpci_walk_params
#define pci_write_block libpci_write_block
#define pci_write_byte libpci_write_byte
#define pci_write_long libpci_write_long
#define pci_write_word libpci_write_word
#define pm_intel_conf1 libpci_pm_intel_conf1
#define pm_intel_conf2 libpci_pm_intel_conf2

// What it takes from a C library; defined in libc.cc.
#define exit libpci_c_exit
#define fclose libpci_c_fclose
#define feof libpci_c_feof
#define ferror libpci_c_ferror
#define fgets libpci_c_fgets
#define fopen libpci_c_fopen
#define fputc libpci_c_fputc
#define fputs libpci_c_fputs
#define free libpci_c_free
#define fwrite libpci_c_fwrite
#define malloc libpci_c_malloc
#define read_isa_io libpci_c_read_isa_io
#define snprintf libpci_c_snprintf
#define sprintf libpci_c_sprintf
#define strcmp libpci_c_strcmp
#define strcpy libpci_c_strcpy
#define strlen libpci_c_strlen
#define vfprintf libpci_c_vfprintf
#define write_isa_io libpci_c_write_isa_io

// Streams are handed to the functions above alone, which do not look at them.
#include <stdio.h>
#undef stderr
#undef stdout
#define stderr ((FILE*)0)
#define stdout ((FILE*)0)

#endif
