#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All that test_values.py wants of the agent behind a snmpd, it wants of one that is its own."""
import snmp_host
import test_values
from snmp_host import host


class StandaloneValues(test_values.Values):
    @classmethod
    def start(cls, config):
        cls.snmpd = snmp_host.Snmpd(cls.things, cls.namespace, start=False)  # only for the manager's environment
        access = cls.things.write("access.conf", snmp_host.DEFAULT)
        cls.start_agent(f"{config}snmp: {{mode: standalone, config_file: {access}, state_directory: {cls.things.directory}/state}}\n")


if __name__ == "__main__":
    host.main(160)
