/* SPDX-License-Identifier: Apache-2.0
 * Real registry hives for tests: an empty one written by hand, filled through libhivex. */
#ifndef CHOKEPOINT_TESTS_COLLECTORS_TUNING_HIVE_FILE_H
#define CHOKEPOINT_TESTS_COLLECTORS_TUNING_HIVE_FILE_H

#include <hivex.h>
#include <stdio.h>
#include <string.h>

#include "tests/cmocka.h"

#define HIVE_PAGE 4096u

static inline void hive_file_word(unsigned char *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (8 * i));
}

/* The header, one page with a root key, a security descriptor and the rest free. */
static inline void hive_file_seed(const char *path)
{
    unsigned char image[2 * HIVE_PAGE] = {0}, *root = image + HIVE_PAGE + 0x20, *security = root + 0x58;
    uint32_t sum = 0;
    memcpy(image, "regf", 4);
    hive_file_word(image + 4, 1);
    hive_file_word(image + 8, 1);
    hive_file_word(image + 20, 1);
    hive_file_word(image + 24, 3);
    hive_file_word(image + 32, 1);
    hive_file_word(image + 36, 0x20);
    hive_file_word(image + 40, HIVE_PAGE);
    hive_file_word(image + 44, 1);
    for (unsigned i = 0; i < 508; i += 4)
        sum ^= (uint32_t)image[i] | (uint32_t)image[i + 1] << 8 | (uint32_t)image[i + 2] << 16 |
               (uint32_t)image[i + 3] << 24;
    hive_file_word(image + 508, sum);
    memcpy(image + HIVE_PAGE, "hbin", 4);
    hive_file_word(image + HIVE_PAGE + 8, HIVE_PAGE);
    hive_file_word(root, (uint32_t)-0x58);
    memcpy(root + 4, "nk\x2c", 3);
    hive_file_word(root + 0x14, 0xffffffff);
    hive_file_word(root + 0x20, 0xffffffff);
    hive_file_word(root + 0x24, 0xffffffff);
    hive_file_word(root + 0x2c, 0xffffffff);
    hive_file_word(root + 0x30, 0x20 + 0x58);
    hive_file_word(root + 0x34, 0xffffffff);
    root[0x4c] = 4;
    memcpy(root + 0x50, "ROOT", 4);
    hive_file_word(security, (uint32_t)-0x30);
    memcpy(security + 4, "sk", 2);
    hive_file_word(security + 8, 0x20 + 0x58);
    hive_file_word(security + 12, 0x20 + 0x58);
    hive_file_word(security + 16, 1);
    hive_file_word(security + 20, 20);
    hive_file_word(security + 0x30, HIVE_PAGE - 0x20 - 0x58 - 0x30);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(image, 1, sizeof(image), file), sizeof(image));
    assert_int_equal(fclose(file), 0);
}

/* Opens a hive for writing; hive_file_close() writes it. */
static inline hive_h *hive_file_open(const char *path)
{
    hive_h *hive = hivex_open(path, HIVEX_OPEN_WRITE);
    assert_non_null(hive);
    return hive;
}

static inline void hive_file_close(hive_h *hive)
{
    assert_int_equal(hivex_commit(hive, NULL, 0), 0);
    assert_int_equal(hivex_close(hive), 0);
}

/* Sets the value at a path between backslashes, making the keys above it. */
static inline void hive_file_set(hive_h *hive, const char *path, hive_type type, const void *data, size_t size)
{
    char name[128];
    hive_node_h node = hivex_root(hive);
    const char *end;
    for (; (end = strchr(path, '\\')) != NULL; path = end + 1) {
        snprintf(name, sizeof(name), "%.*s", (int)(end - path), path);
        hive_node_h child = hivex_node_get_child(hive, node, name);
        node = child ? child : hivex_node_add_child(hive, node, name);
        assert_int_not_equal(node, 0);
    }
    snprintf(name, sizeof(name), "%s", path);
    const hive_set_value value = {name, type, size, (char *)(uintptr_t)data};
    assert_int_equal(hivex_node_set_value(hive, node, &value, 0), 0);
}

static inline void hive_file_dword(hive_h *hive, const char *path, uint32_t number)
{
    unsigned char data[4];
    hive_file_word(data, number);
    hive_file_set(hive, path, hive_t_REG_DWORD, data, sizeof(data));
}

/* A REG_SZ of ASCII. */
static inline void hive_file_text(hive_h *hive, const char *path, const char *text)
{
    unsigned char data[2 * 128] = {0};
    size_t length = strlen(text) + 1;
    assert_in_range(length, 1, sizeof(data) / 2);
    for (size_t i = 0; i < length; i++)
        data[2 * i] = (unsigned char)text[i];
    hive_file_set(hive, path, hive_t_REG_SZ, data, 2 * length);
}

#define HIVE_CURRENT_VERSION "Microsoft\\Windows NT\\CurrentVersion\\"

/* A SOFTWARE hive as Windows has it; major and minor only since 10.0, else -1. */
static inline void hive_file_software(const char *path, const char *version, int major, int minor, const char *build)
{
    hive_file_seed(path);
    hive_h *hive = hive_file_open(path);
    hive_file_text(hive, "Microsoft\\Windows\\CurrentVersion\\ProgramFilesDir", "C:\\Program Files");
    hive_file_text(hive, HIVE_CURRENT_VERSION "CurrentVersion", version);
    hive_file_text(hive, HIVE_CURRENT_VERSION "CurrentBuildNumber", build);
    if (major >= 0)
        hive_file_dword(hive, HIVE_CURRENT_VERSION "CurrentMajorVersionNumber", (uint32_t)major);
    if (minor >= 0)
        hive_file_dword(hive, HIVE_CURRENT_VERSION "CurrentMinorVersionNumber", (uint32_t)minor);
    hive_file_close(hive);
}

#define HIVE_PARAMETERS "ControlSet001\\Services\\Tcpip\\Parameters\\"

/* A SYSTEM hive with the settings of an old list of "tweaks". */
static inline void hive_file_system(const char *path)
{
    hive_file_seed(path);
    hive_h *hive = hive_file_open(path);
    hive_file_dword(hive, "Select\\Current", 1);
    hive_file_dword(hive, HIVE_PARAMETERS "TcpTimedWaitDelay", 240);
    hive_file_dword(hive, HIVE_PARAMETERS "TcpNumConnections", 65534);
    hive_file_set(hive, HIVE_PARAMETERS "MaxUserPort", hive_t_REG_SZ, "6\0005\0005\0003\0004\0\0", 12);
    hive_file_dword(hive, "ControlSet002\\Services\\Tcpip\\Parameters\\TcpTimedWaitDelay", 30);
    hive_file_close(hive);
}

#endif
