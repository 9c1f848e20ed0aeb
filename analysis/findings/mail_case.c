/* SPDX-License-Identifier: Apache-2.0 */
#include "analysis/findings/mail_case.h"

#include <stdio.h>

static const struct table *const table = &table_mail_queues;

bool mail_case_at(const struct findings *findings, size_t row, struct mail_case *ret_case)
{
    const struct builder *builder = findings_builder(findings);
    if (!builder_has(builder, table, row, MAIL_QUEUES_MESSAGES) || !builder_has(builder, table, row, MAIL_QUEUES_MTA))
        return false;
    struct mail_case mail = {
        .mta = (enum mail_mta)builder_get_number(builder, table, row, MAIL_QUEUES_MTA),
        .server = builder_get_text(builder, table, row, MAIL_QUEUES_SERVER),
        .queue = builder_get_text(builder, table, row, MAIL_QUEUES_QUEUE),
        .messages = builder_get_number(builder, table, row, MAIL_QUEUES_MESSAGES),
        .oldest_seconds = builder_get_real(builder, table, row, MAIL_QUEUES_OLDEST_AGE),
        .row = row,
    };
    mail.class = queue_class_of(mail.mta, mail.queue);
    (void)snprintf(mail.subject, sizeof(mail.subject), "%s %s %s", mail_mta_words[mail.mta], mail.server, mail.queue);
    *ret_case = mail;
    return true;
}

uint64_t mail_case_older(const struct findings *findings, const struct mail_case *mail, double seconds)
{
    static const struct {
        double seconds;
        unsigned column;
    } ages[] = {{300, MAIL_QUEUES_OVER_5M},
                {3600, MAIL_QUEUES_OVER_1H},
                {21600, MAIL_QUEUES_OVER_6H},
                {86400, MAIL_QUEUES_OVER_1D},
                {259200, MAIL_QUEUES_OVER_3D}};
    const size_t count = sizeof(ages) / sizeof(ages[0]);
    size_t i = 0;
    while (i + 1 < count && ages[i].seconds < seconds)
        i++;
    return builder_get_number(findings_builder(findings), table, mail->row, ages[i].column);
}

void mail_case_name(const struct mail_case *mail, struct finding *finding)
{
    finding->subject = mail->subject;
    finding->has_mta = true;
    finding->mta = mail->mta;
    finding->server = mail->server;
    finding->queue = mail->queue;
}

static void show(const struct mail_case *mail, struct text *text)
{
    switch (mail->mta) {
    case MAIL_POSTFIX:
        text_format(text, "qshape %s; postqueue -p | tail -n 20", mail->queue);
        break;
    case MAIL_EXIM:
        text_string(text, "exim -bp | exiqsumm");
        break;
    case MAIL_SENDMAIL:
        text_string(text, "sendmail -bp | tail -n 20");
        break;
    case MAIL_OPENSMTPD:
        text_string(text, "smtpctl show queue | tail -n 20");
        break;
    case MAIL_EXCHANGE:
        text_string(text, "Get-Queue | Sort-Object MessageCount -Descending | Select-Object -First 20");
        break;
    case MAIL_SPOOL:
        text_string(text, "ls -ltr ");
        text_string(text, mail->queue);
        break;
    }
}

void mail_case_show(const struct mail_case *mail, struct finding *finding)
{
    show(mail, &finding->remedy);
    text_string(&finding->caveat, "Do not flush the queue: all of it is tried at once, and waits longer afterwards.");
}
