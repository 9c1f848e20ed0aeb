# SPDX-License-Identifier: Apache-2.0
# What the build for Windows has of its own.

# chokepoint_windows_flags(TARGET): headers with what the C library of Windows lacks before its own; one file without a
# DLL beside it, at an address of the loader's choice. mingw brings the printf() of C, but the compiler checks for the one
# of Windows; and its isnan() and the like mention float.
find_package(PkgConfig REQUIRED)
pkg_check_modules(TRE REQUIRED IMPORTED_TARGET tre)
function(chokepoint_windows_flags target)
    target_include_directories(${target} BEFORE INTERFACE ${CMAKE_SOURCE_DIR}/base/windows/libc)
    target_compile_definitions(${target} INTERFACE WIN32_LEAN_AND_MEAN NOMINMAX
        _WIN32_WINNT=0x0601 WINVER=0x0601 __USE_MINGW_ANSI_STDIO=1 _POSIX_C_SOURCE=200809L)
    target_compile_options(${target} INTERFACE -Wno-format -Wno-float-conversion)
    target_link_options(${target} INTERFACE -static -fstack-protector-strong -Wl,--nxcompat,--dynamicbase,--high-entropy-va)
    target_link_libraries(${target} INTERFACE PkgConfig::TRE ws2_32 iphlpapi advapi32)
endfunction()

# cmake --build BUILD --target package: a zip of the program, what installs it, and what an administrator reads.
function(chokepoint_windows_package)
    set(files ${CMAKE_SOURCE_DIR}/packaging/windows)
    install(FILES ${files}/Install-Chokepoint.ps1 ${files}/chokepoint.example.yml ${files}/Export-ExchangeState.ps1
        ${files}/chokepoint-exchange-task.xml ${CMAKE_SOURCE_DIR}/docs/windows.md ${CMAKE_SOURCE_DIR}/mibs/CHOKEPOINT-MIB.txt
        ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION . COMPONENT windows)
    install(TARGETS chokepoint RUNTIME DESTINATION . COMPONENT windows)
    set(CPACK_GENERATOR ZIP)
    set(CPACK_PACKAGE_FILE_NAME chokepoint-${PROJECT_VERSION}-windows-x86_64)
    set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
    set(CPACK_COMPONENTS_ALL windows)
    set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
    set(CPACK_STRIP_FILES ON)
    include(CPack)
endfunction()
