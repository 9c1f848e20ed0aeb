/* SPDX-License-Identifier: Apache-2.0
 * Errors of Windows as negative errno, as everything here hands them up. */
#ifndef CHOKEPOINT_BASE_WINDOWS_ERROR_H
#define CHOKEPOINT_BASE_WINDOWS_ERROR_H

/* The errno nearest to what GetLastError(), WSAGetLastError() or a registry call returned, negative; -EIO for those
 * without one, never 0. */
int error_from_windows(unsigned long code);

#endif
