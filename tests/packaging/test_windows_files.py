#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of packaging/windows can be judged without a Windows: the scheduled task against the schema of its kind ([MS-TSCH]
2.5), and what the install script takes from the folder, reserves and registers."""
import os
import pathlib
import re
import unittest
from xml.etree import ElementTree

FOLDER = pathlib.Path(os.environ["SOURCE"]) / "packaging/windows"
TASK = FOLDER / "chokepoint-exchange-task.xml"
INSTALL = (FOLDER / "Install-Chokepoint.ps1").read_text()
SPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
BOOLEAN, DURATION, MOMENT = r"true|false", r"P(T?\d+[YMDHS])+", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
TRIGGER = ("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit")
SEQUENCES = {"BootTrigger": TRIGGER + ("Delay",), "TimeTrigger": TRIGGER + ("RandomDelay",),
             "Exec": ("Command", "Arguments", "WorkingDirectory")}
IN_ANY_ORDER = {
    "Task": {"RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"},
    "RegistrationInfo": {"URI", "SecurityDescriptor", "Source", "Date", "Author", "Version", "Description", "Documentation"},
    "Repetition": {"Interval", "Duration", "StopAtDurationEnd"},
    "Principal": {"UserId", "LogonType", "GroupId", "DisplayName", "RunLevel"},
    "Settings": {"AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries",
                 "StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName",
                 "RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings",
                 "NetworkSettings", "ExecutionTimeLimit", "Priority", "RunOnlyIfIdle"},
    "Triggers": {"BootTrigger", "TimeTrigger"}, "Principals": {"Principal"}, "Actions": {"Exec"}}
CONTENTS = {"Enabled": BOOLEAN, "StopAtDurationEnd": BOOLEAN, "DisallowStartIfOnBatteries": BOOLEAN,
            "StopIfGoingOnBatteries": BOOLEAN, "StartWhenAvailable": BOOLEAN, "Interval": DURATION, "Delay": DURATION,
            "ExecutionTimeLimit": DURATION, "StartBoundary": MOMENT, "Priority": r"10|\d", "UserId": r"S-1-5-18",
            "RunLevel": r"LeastPrivilege|HighestAvailable",
            "MultipleInstancesPolicy": r"Parallel|Queue|IgnoreNew|StopExisting"}


def mistakes(element):
    """What the schema forbids in this element and below."""
    name = element.tag.removeprefix(SPACE)
    children = [child.tag.removeprefix(SPACE) for child in element]
    if name in SEQUENCES:
        wanted = [child for child in SEQUENCES[name] if child in children]
        if children != wanted:
            yield f"{name}: {children} instead of {wanted}"
    elif name in IN_ANY_ORDER:
        yield from (f"{name}: {child}" for child in children if child not in IN_ANY_ORDER[name])
        if name not in ("Triggers", "Principals", "Actions") and len(set(children)) < len(children):
            yield f"{name}: one of {children} twice"
    elif children:
        yield f"{name}: not known to have {children}"
    if name in CONTENTS and not re.fullmatch(CONTENTS[name], element.text or ""):
        yield f"{name}: {element.text!r}"
    for child in element:
        yield from mistakes(child)


class Task(unittest.TestCase):
    def setUp(self):
        self.text = TASK.read_text("ascii")
        self.task = ElementTree.fromstring(self.text)

    def test_it_is_as_the_schema_has_it(self):
        self.assertEqual(self.task.tag, f"{SPACE}Task")
        self.assertEqual(list(mistakes(self.task)), [])
        self.assertEqual(self.task.find(f"{SPACE}Actions").get("Context"),
                         self.task.find(f"{SPACE}Principals/{SPACE}Principal").get("id"))
        # schtasks hands the text on as UTF-16, whatever the file is: a declaration could only contradict it.
        self.assertNotIn("encoding", self.text.split("\n", 1)[0])

    def test_a_mistake_is_found(self):
        for old, new in (("PT2M", "2M"), ("IgnoreNew", "Ignore"), ("<Priority>7</Priority>", "<Urgency>7</Urgency>"),
                         ("false", "no"), ("<Author>chokepoint</Author>", "<Author>chokepoint<X /></Author>"),
                         ("<Delay>PT1M</Delay>", "<Delay>PT1M</Delay>\n      <Enabled>true</Enabled>")):
            self.assertIn(old, self.text)
            self.assertEqual(len(list(mistakes(ElementTree.fromstring(self.text.replace(old, new, 1))))), 1, (old, new))

    def test_it_runs_the_script_where_the_install_script_puts_it(self):
        arguments = self.task.find(f"{SPACE}Actions/{SPACE}Exec/{SPACE}Arguments").text
        script = re.search(r'-File "%ProgramData%\\chokepoint\\([^"]+)"', arguments)[1]
        self.assertTrue((FOLDER / script).is_file())
        self.assertIn(f"Copy-Item -Force (Join-Path $PSScriptRoot '{script}') $state", INSTALL)
        self.assertIn("$state = \"$env:ProgramData\\chokepoint\"", INSTALL)


class Install(unittest.TestCase):
    def test_the_port_is_reserved_before_the_service_is_there(self):
        reserve = re.search(r"& netsh int \$family \$Verb (excludedportrange .*) \|", INSTALL)[1]
        self.assertEqual(reserve, "excludedportrange protocol=tcp startport=$port numberofports=1 store=persistent")
        steps = [INSTALL.index(step) for step in ("Invoke-Checked $program @('config', 'check'", "Set-PortReservation 'add'",
                                                  "@('service', 'install'", "@('service', 'start')")]
        self.assertEqual(steps, sorted(steps))
        undo = [INSTALL.index(step) for step in ("@('service', 'remove')", "Set-PortReservation 'delete'", "Remove-Item")]
        self.assertEqual(undo, sorted(undo))

    def test_the_port_is_that_of_every_form_of_address(self):
        pattern = re.search(r"\$port = \[int\]\(\$ListenAddress -replace '([^']+)', ''\)", INSTALL)[1]
        for address in ("127.0.0.1:10421", ":10421", "[::1]:10421"):
            self.assertEqual(re.sub(pattern, "", address), "10421")

    def test_what_it_takes_is_in_the_zip(self):
        packed = (FOLDER / "platform.cmake").read_text()
        taken = re.findall(r"Join-Path \$PSScriptRoot '([^']+)'", INSTALL)
        self.assertEqual(sorted(taken), ["Export-ExchangeState.ps1", "chokepoint.example.yml", "chokepoint.exe"])
        self.assertEqual([name for name in taken if f"/{name}" not in packed], ["chokepoint.exe"])
        self.assertIn("install(TARGETS chokepoint ", packed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
