/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/queue_class.h"

#include <stddef.h>
#include <strings.h>

static const struct {
    enum mail_mta mta;
    const char *queue; /* NULL: every other one of this server */
    enum queue_class class;
} classes[] = {
    {MAIL_POSTFIX, "maildrop", QUEUE_MOVING},
    {MAIL_POSTFIX, "incoming", QUEUE_MOVING},
    {MAIL_POSTFIX, "active", QUEUE_ACTIVE},
    {MAIL_POSTFIX, "hold", QUEUE_HELD},
    {MAIL_POSTFIX, "corrupt", QUEUE_BROKEN},
    {MAIL_POSTFIX, NULL, QUEUE_DEFERRED},
    {MAIL_EXIM, NULL, QUEUE_DEFERRED},
    {MAIL_SENDMAIL, NULL, QUEUE_DEFERRED},
    {MAIL_OPENSMTPD, "incoming", QUEUE_MOVING},
    {MAIL_OPENSMTPD, "corrupt", QUEUE_BROKEN},
    {MAIL_OPENSMTPD, NULL, QUEUE_DEFERRED},
    {MAIL_EXCHANGE, "Submission", QUEUE_MOVING},
    {MAIL_EXCHANGE, "Poison", QUEUE_BROKEN},
    {MAIL_EXCHANGE, "Shadow", QUEUE_HELD},
    {MAIL_EXCHANGE, "Unreachable", QUEUE_DEFERRED},
    {MAIL_EXCHANGE, NULL, QUEUE_DEFERRED},
    {MAIL_SPOOL, NULL, QUEUE_MOVING},
};

enum queue_class queue_class_of(enum mail_mta mta, const char *queue)
{
    size_t i = 0;
    while (classes[i].mta != mta || (classes[i].queue && strcasecmp(classes[i].queue, queue) != 0))
        i++; /* ends: every server has a line for every other queue */
    return classes[i].class;
}
