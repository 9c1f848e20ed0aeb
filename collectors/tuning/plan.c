/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/tuning/plan.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "collectors/tuning/port_list.h"
#include "collectors/tuning/sysctl_name.h"

#define REASON "Added by the configuration."

static bool is_registry(const char *key)
{
    return strchr(key, '\\') != NULL;
}

static bool is_netsh(const char *key)
{
    return strchr(key, ' ') && !is_registry(key);
}

/* A path of two components or more, none empty. What a shell would take for its own is not in such names. */
static bool registry_path_valid(const char *key)
{
    size_t length = strlen(key);
    return length > 2 && length < 256 && key[0] != '\\' && key[length - 1] != '\\' && !strstr(key, "\\\\") &&
           !strpbrk(key, "\"%$`\n\r\t");
}

static int copy_catalogue(const struct tuning_entry *catalogue, size_t count, struct arena *arena,
                          struct plan_list *list)
{
    list->entries = arena_allocate(arena, (count + PLAN_MAX_ADDED) * sizeof(*list->entries));
    if (!list->entries)
        return -ENOMEM;
    memcpy(list->entries, catalogue, count * sizeof(*catalogue));
    list->count = list->known = count;
    return 0;
}

static bool same_sysctl(const char *one, const char *other)
{
    char paths[2][256];
    return sysctl_name_path(paths[0], sizeof(paths[0]), one) == 0 &&
           sysctl_name_path(paths[1], sizeof(paths[1]), other) == 0 && strcmp(paths[0], paths[1]) == 0;
}

static struct tuning_entry *find(const struct plan_list *list, const char *key)
{
    bool caseless = is_registry(key) || is_netsh(key);
    for (size_t i = 0; i < list->count; i++)
        if (caseless ? strcasecmp(list->entries[i].key, key) == 0 : same_sysctl(list->entries[i].key, key))
            return &list->entries[i];
    return NULL;
}

static int add(struct plan *plan, struct plan_list *list, const char *key, struct tuning_entry **ret_entry)
{
    const char *copy = arena_copy(&plan->arena, key, strlen(key));
    if (list->count - list->known == PLAN_MAX_ADDED)
        return -EINVAL;
    if (!copy)
        return -ENOMEM;
    struct tuning_entry *entry = &list->entries[list->count++];
    *entry = (struct tuning_entry){.key = copy,
                                   .type = is_registry(key) ? TUNING_NUMBERS : TUNING_FREE,
                                   .field_count = 1,
                                   .fields = {{.standard = TUNING_VARIES}},
                                   .reason = REASON};
    *ret_entry = entry;
    return 0;
}

/* A list of ports: any spelling that the kernel takes, even of a single one, is text. */
static int parse_ports(const char *text, struct arena *arena, struct advice *ret_advice)
{
    struct port_list ports;
    if (!strpbrk(text, "0123456789"))
        return advice_parse(text, 1, false, arena, ret_advice); /* "show only" */
    if (port_list_parse(text, &ports) < 0)
        return -EINVAL;
    const char *copy = arena_copy(arena, text, strlen(text));
    if (!copy)
        return -ENOMEM;
    *ret_advice = (struct advice){.kind = ADVICE_TEXT, .text = copy};
    return 0;
}

static int parse(const char *text, const struct tuning_entry *entry, struct arena *arena, struct advice *ret_advices)
{
    if (entry->type == TUNING_PORTS)
        return parse_ports(text, arena, ret_advices);
    return advice_parse(text, entry->field_count, entry->type == TUNING_FREE, arena, ret_advices);
}

static int apply(struct plan *plan, const struct option_pair *pair)
{
    bool registry = is_registry(pair->key), netsh = is_netsh(pair->key);
    struct plan_list *list = registry ? &plan->registry : netsh ? &plan->netsh : &plan->sysctl;
    if (!(registry ? registry_path_valid(pair->key) : netsh || sysctl_name_valid(pair->key)))
        return -EINVAL;
    struct tuning_entry *entry = find(list, pair->key);
    if (!entry && netsh)
        return -EINVAL;
    int error = entry ? 0 : add(plan, list, pair->key, &entry);
    if (error < 0)
        return error;
    struct advice advices[TUNING_MAX_FIELDS];
    error = parse(pair->value, entry, &plan->arena, advices);
    if (error < 0)
        return error;
    entry->configured = true;
    for (unsigned i = 0; i < entry->field_count; i++)
        entry->fields[i].advice = advices[i];
    return 0;
}

int plan_make(const struct option_pairs *advice, struct plan *ret_plan)
{
    struct plan plan = {.arena = ARENA_EMPTY};
    int error = copy_catalogue(catalogue_sysctl, catalogue_sysctl_count, &plan.arena, &plan.sysctl);
    if (error == 0)
        error = copy_catalogue(catalogue_registry, catalogue_registry_count, &plan.arena, &plan.registry);
    if (error == 0)
        error = copy_catalogue(catalogue_netsh, catalogue_netsh_count, &plan.arena, &plan.netsh);
    for (size_t i = 0; i < advice->count && error == 0; i++)
        error = apply(&plan, &advice->items[i]);
    if (error < 0) {
        plan_free(&plan);
        return error;
    }
    *ret_plan = plan;
    return 0;
}

void plan_fit_windows(struct plan *plan, unsigned version)
{
    struct plan_list *list = &plan->registry;
    for (size_t i = 0; i < list->known; i++)
        if (!list->entries[i].configured)
            list->entries[i] = catalogue_registry[i];
    for (size_t i = 0; i < catalogue_variant_count && version != 0; i++) {
        const struct tuning_variant *variant = &catalogue_variants[i];
        struct tuning_entry *entry = find(list, variant->entry.key);
        if (entry && !entry->configured && version >= variant->since && version <= variant->until)
            *entry = variant->entry;
    }
}

void plan_free(struct plan *plan)
{
    arena_free(&plan->arena);
    *plan = (struct plan){.arena = ARENA_EMPTY};
}
