"""Prints the filter's configuration of each manifest that has one, as a line of JSON: python plugin_configuration.py FILE…"""

import json
import sys

import yaml

for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as text:
        for document in yaml.safe_load_all(text):
            spec = document["spec"]
            found = {
                "WasmPlugin": lambda: [spec["pluginConfig"]],
                "TrafficExtension": lambda: [spec["wasm"]["pluginConfig"]],
                "EnvoyExtensionPolicy": lambda: [wasm["config"] for wasm in spec["wasm"]],
            }.get(document["kind"], list)
            for configuration in found():
                print(json.dumps(configuration))
