# SPDX-License-Identifier: Apache-2.0
# What the collectors ask a Linux kernel with.
pkg_check_modules(MNL REQUIRED IMPORTED_TARGET libmnl)
pkg_check_modules(HIVEX IMPORTED_TARGET hivex)

# What connection events need is optional: without it the agent walks.
find_program(CHOKEPOINT_CLANG NAMES clang clang-14)
find_program(CHOKEPOINT_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin)
pkg_check_modules(BPF IMPORTED_TARGET libbpf)
pkg_check_modules(CAP IMPORTED_TARGET libcap)
if(CHOKEPOINT_CLANG AND CHOKEPOINT_BPFTOOL AND BPF_FOUND AND CAP_FOUND)
    set(can_have_events ON)
else()
    set(can_have_events OFF)
endif()
if(CHOKEPOINT_EVENTS STREQUAL "")
    set(CHOKEPOINT_EVENTS ${can_have_events})
elseif(CHOKEPOINT_EVENTS AND NOT can_have_events)
    message(FATAL_ERROR "CHOKEPOINT_EVENTS=ON needs clang, bpftool, libbpf and libcap "
        "(Debian: clang bpftool libbpf-dev libcap-dev)")
endif()
message(STATUS "Connection events: ${CHOKEPOINT_EVENTS}")
