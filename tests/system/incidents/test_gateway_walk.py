#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The incident of test_gateway.py where there are no kernel events: the same findings, about as soon, with the same ratio of
the same peer. How many knock a walk cannot tell, nor who failed to connect: that is absent then, not 0."""
import test_gateway
from incident import host

ONLY_BY_EVENTS = ("tcp_connects_total", "tcp_connect_failures_total")


class GatewayWalk(test_gateway.Gateway):
    FLAGS, SAMPLES = ("--collector.tcp.events=off",), 4  # something must be on its way just when a walk looks

    def check_numbers(self):
        super().check_numbers()
        for each in (self.server, self.gateway):
            metrics = each.agent.metrics()
            self.assertEqual(metrics.one("tcp_events_active"), 0)
            self.assertEqual([metrics.select(name) for name in ONLY_BY_EVENTS], [[]] * len(ONLY_BY_EVENTS))
            self.assertEqual(metrics.select("collector_source_success", source="events"), [])
            self.assertNotIn("came since", each.check_words())


if __name__ == "__main__":
    host.main(270)
