/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/queue_class.h"

#include <stddef.h>
#include <strings.h>

static const struct {
    enum mail_mta mta;
    enum queue_class class;
    const char *queue; /* NULL: every other one of this server */
} classes[] = {
    {MAIL_POSTFIX, QUEUE_MOVING, "maildrop"},
    {MAIL_POSTFIX, QUEUE_MOVING, "incoming"},
    {MAIL_POSTFIX, QUEUE_ACTIVE, "active"},
    {MAIL_POSTFIX, QUEUE_HELD, "hold"},
    {MAIL_POSTFIX, QUEUE_BROKEN, "corrupt"},
    {MAIL_POSTFIX, QUEUE_DEFERRED, NULL},
    {MAIL_EXIM, QUEUE_DEFERRED, NULL},
    {MAIL_SENDMAIL, QUEUE_DEFERRED, NULL},
    {MAIL_OPENSMTPD, QUEUE_MOVING, "incoming"},
    {MAIL_OPENSMTPD, QUEUE_BROKEN, "corrupt"},
    {MAIL_OPENSMTPD, QUEUE_DEFERRED, NULL},
    {MAIL_EXCHANGE, QUEUE_MOVING, "Submission"},
    {MAIL_EXCHANGE, QUEUE_BROKEN, "Poison"},
    {MAIL_EXCHANGE, QUEUE_HELD, "Shadow"},
    {MAIL_EXCHANGE, QUEUE_DEFERRED, "Unreachable"},
    {MAIL_EXCHANGE, QUEUE_DEFERRED, NULL},
    {MAIL_SPOOL, QUEUE_MOVING, NULL},
};

enum queue_class queue_class_of(enum mail_mta mta, const char *queue)
{
    size_t i = 0;
    while (classes[i].mta != mta || (classes[i].queue && strcasecmp(classes[i].queue, queue) != 0))
        i++; /* ends: every server has a line for every other queue */
    return classes[i].class;
}
