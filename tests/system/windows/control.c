/* SPDX-License-Identifier: Apache-2.0
 * Sends a service a control by its number, as `sc control NAME paramchange` does on Windows: `control NAME NUMBER`.
 * Ends with 0, or with the number of the error. */
#include <stdlib.h>

#include <windows.h>

int main(int argc, char **argv)
{
    SERVICE_STATUS status;
    if (argc != 3)
        return ERROR_INVALID_PARAMETER;
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = manager ? OpenServiceA(manager, argv[1], SERVICE_PAUSE_CONTINUE) : NULL;
    int error = service && ControlService(service, (DWORD)atoi(argv[2]), &status) ? 0 : (int)GetLastError();
    if (service)
        (void)CloseServiceHandle(service);
    if (manager)
        (void)CloseServiceHandle(manager);
    return error;
}
