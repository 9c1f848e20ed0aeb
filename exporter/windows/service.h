/* SPDX-License-Identifier: Apache-2.0
 * The agent as a service of Windows: what the service control manager (SCM) runs. */
#ifndef CHOKEPOINT_EXPORTER_WINDOWS_SERVICE_H
#define CHOKEPOINT_EXPORTER_WINDOWS_SERVICE_H

#define SERVICE_NAME "chokepoint"

/* Where the service keeps its log, and by default its state. */
#define SERVICE_DIRECTORY "C:\\ProgramData\\chokepoint"

/* What `chokepoint service run FLAG...` does: hands this process to the SCM, which started it, and runs the agent with
 * these arguments (argv[0] and the flags) until it is told to stop. Returns the exit status; 1 where no SCM waits. */
int service_run(int argc, char **argv);

#endif
