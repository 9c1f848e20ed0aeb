# SPDX-License-Identifier: Apache-2.0
# chokepoint.exe from Debian, by mingw-w64:
#   cmake -S . -B build/windows -DCMAKE_TOOLCHAIN_FILE=packaging/windows/toolchain.cmake \
#       -DCHOKEPOINT_WINDOWS_LIBRARIES="$(packaging/windows/dependencies)"
# Programs of the build, such as its tests, run under Wine: packaging/windows/wine.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# try_compile() reads this file anew, without the command line.
set(CHOKEPOINT_WINDOWS_LIBRARIES "" CACHE PATH "What packaging/windows/dependencies printed")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES CHOKEPOINT_WINDOWS_LIBRARIES)
if(NOT EXISTS "${CHOKEPOINT_WINDOWS_LIBRARIES}/complete")
    message(FATAL_ERROR "CHOKEPOINT_WINDOWS_LIBRARIES is to be what packaging/windows/dependencies prints")
endif()

set(CMAKE_FIND_ROOT_PATH ${CHOKEPOINT_WINDOWS_LIBRARIES} /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${CHOKEPOINT_WINDOWS_LIBRARIES}/lib/pkgconfig)
set(PKG_CONFIG_ARGN --static)
set(ZLIB_USE_STATIC_LIBS ON)

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/wine)
