# SPDX-License-Identifier: Apache-2.0
"""Stands for the receivers of the example configuration: writes each alert that Alertmanager sends as a line of JSON."""
import http.server
import json
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # pylint: disable=invalid-name
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            print(json.dumps({"receiver": self.path, "status": alert["status"], "labels": alert["labels"],
                              "annotations": alert["annotations"]}), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.HTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
