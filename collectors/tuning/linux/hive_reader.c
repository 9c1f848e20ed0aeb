/* SPDX-License-Identifier: Apache-2.0
 * hivex(3). Its look-ups ignore case, return 0 for "not there", and then leave errno as it was. */
#include "collectors/tuning/linux/hive_reader.h"

#include <errno.h>
#include <hivex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failure(void)
{
    return errno > 0 ? -errno : -EIO;
}

/* Finds a child; *ret_node is 0 where there is none. Takes length bytes of name. */
static int find_child(hive_h *hive, hive_node_h node, const char *name, size_t length, hive_node_h *ret_node)
{
    char text[256];
    if (length >= sizeof(text))
        return -ENAMETOOLONG;
    memcpy(text, name, length);
    text[length] = '\0';
    errno = 0;
    *ret_node = hivex_node_get_child(hive, node, text);
    return *ret_node == 0 && errno != 0 ? failure() : 0;
}

/* Follows a path between backslashes from node, up to the last component, the value's name. */
static int find_value(hive_h *hive, hive_node_h node, const char *path, hive_value_h *ret_value)
{
    const char *end;
    *ret_value = 0;
    for (; (end = strchr(path, '\\')) != NULL; path = end + 1) {
        int error = find_child(hive, node, path, (size_t)(end - path), &node);
        if (error < 0 || node == 0)
            return error;
    }
    errno = 0;
    *ret_value = hivex_node_get_value(hive, node, path);
    return *ret_value == 0 && errno != 0 ? failure() : 0;
}

/* Windows takes a DWORD of four bytes and nothing else for one. */
static int read_dword(hive_h *hive, hive_value_h handle, struct registry_value *value)
{
    hive_type type;
    size_t length;
    if (hivex_value_type(hive, handle, &type, &length) < 0)
        return failure();
    if (type == hive_t_REG_DWORD && length == 4) {
        errno = 0;
        int32_t number = hivex_value_dword(hive, handle);
        if (number == -1 && errno != 0)
            return failure();
        *value = (struct registry_value){.state = REGISTRY_DWORD, .number = (uint32_t)number};
        return 0;
    }
    bool is_text = type == hive_t_REG_SZ || type == hive_t_REG_EXPAND_SZ;
    char *content = is_text ? hivex_value_string(hive, handle) : NULL;
    registry_wrong_type(value, (unsigned)type, content);
    free(content);
    return 0;
}

static int read_value(hive_h *hive, hive_node_h node, const char *path, struct registry_value *value)
{
    hive_value_h handle;
    *value = (struct registry_value){.state = REGISTRY_ABSENT};
    int error = find_value(hive, node, path, &handle);
    return error < 0 || handle == 0 ? error : read_dword(hive, handle, value);
}

/* An offline hive has no CurrentControlSet: that is a link which the running system makes. */
static int find_control_set(hive_h *hive, char name[HIVE_CONTROL_SET_SIZE], hive_node_h *ret_node,
                            const char **ret_step)
{
    struct registry_value current;
    hive_node_h root = hivex_root(hive);
    *ret_step = ": Select\\Current (not a SYSTEM hive?)";
    if (root == 0)
        return failure();
    int error = read_value(hive, root, "Select\\Current", &current);
    if (error < 0)
        return error;
    if (current.state != REGISTRY_DWORD || current.number > 999)
        return -ENOENT;
    (void)snprintf(name, HIVE_CONTROL_SET_SIZE, "ControlSet%03u", (unsigned)current.number);
    *ret_step = ": the control set that Select\\Current names";
    error = find_child(hive, root, name, strlen(name), ret_node);
    return error == 0 && *ret_node == 0 ? -ENOENT : error;
}

static int read_all(hive_h *hive, const struct plan_list *list, struct registry_value *values,
                    char control_set[HIVE_CONTROL_SET_SIZE], const char **ret_step)
{
    hive_node_h node = 0;
    int error = find_control_set(hive, control_set, &node, ret_step);
    if (error < 0)
        return error;
    *ret_step = ": damaged";
    for (size_t i = 0; i < list->count && error == 0; i++)
        error = read_value(hive, node, list->entries[i].key, &values[i]);
    return error;
}

static int open_copy(const char *path, hive_h **ret_hive, const char **ret_step)
{
    /* OPEN_WRITE makes hivex read a private copy; otherwise it maps the file, and whoever cut it short meanwhile would
     * kill us by SIGBUS. The file is opened read-only in either case, and nothing is written without a commit. */
    errno = 0;
    *ret_hive = hivex_open(path, HIVEX_OPEN_WRITE);
    *ret_step = errno == EINVAL || errno == ENOTSUP ? ": not a registry hive, or a damaged one" : "";
    return *ret_hive ? 0 : failure();
}

int hive_reader_read(const char *path, const struct plan_list *list, struct registry_value *values,
                     char control_set[HIVE_CONTROL_SET_SIZE], const char **ret_step)
{
    hive_h *hive;
    int error = open_copy(path, &hive, ret_step);
    if (error < 0)
        return error;
    error = read_all(hive, list, values, control_set, ret_step);
    (void)hivex_close(hive);
    return error;
}

/* -ENOENT where there is none, unlike find_value(). */
static int find_version_value(hive_h *hive, const char *name, hive_value_h *ret_value)
{
    char path[128];
    hive_node_h root = hivex_root(hive);
    if (root == 0)
        return failure();
    (void)snprintf(path, sizeof(path), WINDOWS_VERSION_KEY "\\%s", name);
    int error = find_value(hive, root, path, ret_value);
    return error == 0 && *ret_value == 0 ? -ENOENT : error;
}

static int version_number(void *context, const char *name, uint32_t *ret_number)
{
    hive_value_h handle = 0;
    struct registry_value value = {.state = REGISTRY_ABSENT};
    int error = find_version_value(context, name, &handle);
    if (error == 0)
        error = read_dword(context, handle, &value);
    if (error < 0)
        return error;
    if (value.state != REGISTRY_DWORD)
        return -EINVAL;
    *ret_number = value.number;
    return 0;
}

static int version_text(void *context, const char *name, char *ret_text, size_t size)
{
    hive_value_h handle = 0;
    hive_type type;
    size_t length;
    int error = find_version_value(context, name, &handle);
    if (error < 0)
        return error;
    if (hivex_value_type(context, handle, &type, &length) < 0)
        return failure();
    if (type != hive_t_REG_SZ)
        return -EINVAL;
    errno = 0;
    char *text = hivex_value_string(context, handle);
    if (!text)
        return failure();
    if (strlen(text) < size)
        memcpy(ret_text, text, strlen(text) + 1);
    else
        error = -EINVAL;
    free(text);
    return error;
}

int hive_reader_version(const char *path, struct windows_version *ret_version, const char **ret_step)
{
    hive_h *hive;
    int error = open_copy(path, &hive, ret_step);
    if (error < 0)
        return error;
    *ret_step = ": " WINDOWS_VERSION_KEY " (not a SOFTWARE hive, or a damaged one?)";
    error = windows_version_find(
        &(struct windows_version_values){.number = version_number, .text = version_text, .context = hive}, ret_version);
    (void)hivex_close(hive);
    return error;
}
