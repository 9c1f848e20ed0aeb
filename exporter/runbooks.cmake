# SPDX-License-Identifier: Apache-2.0
# Writes the pages of a folder as a C table: cmake -DFOLDER=docs/runbooks -DOUTPUT=runbooks.c -P runbooks.cmake
file(GLOB pages ${FOLDER}/*.md)
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
    get_filename_component(name "${page}" NAME_WE)
    file(READ "${page}" text)
    string(REPLACE "\\" "\\\\" text "${text}")
    string(REPLACE "\"" "\\\"" text "${text}")
    string(REPLACE "\n" "\\n\"\n     \"" text "${text}")
    string(APPEND rows "    {\"${name}\",\n     \"${text}\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "/* Made of docs/runbooks by exporter/runbooks.cmake. */\n#include \"exporter/runbooks.h\"\n\n"
    "const struct runbook runbooks[] = {\n${rows}    {0},\n};\n")
