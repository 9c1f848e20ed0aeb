/* SPDX-License-Identifier: Apache-2.0 */
#include "collectors/mail/spool_kinds.h"

#include "collectors/mail/options.h"

const struct spool_queue spool_kinds[][SPOOL_QUEUES] = {
    [MAIL_SPOOL_PLAIN] = {{".", "spool"}},
    [MAIL_SPOOL_MAILROOT] = {{"Queue", "Queue"}, {"Pickup", "Pickup"}, {"Badmail", "Badmail"}, {"Drop", "Drop"}},
    [MAIL_SPOOL_EXCHANGE] = {{"Pickup", "Pickup"},
                             {"Replay", "Replay"},
                             {"Badmail", "Badmail"},
                             {"BadMail", "BadMail"},
                             {"Poison", "Poison"}},
    [MAIL_SPOOL_QMAIL] = {{"mess", "mess"}, {"todo", "todo"}},
};
