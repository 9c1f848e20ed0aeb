/* SPDX-License-Identifier: Apache-2.0 */
#include "exporter/entry.h"

int main(int argc, char **argv)
{
    return entry_run(argc, argv);
}
