// Checks the WasmPlugins among Istio's manifests: node istio.mjs FILE…

import { readFileSync } from "node:fs";
import { WasmPlugin } from "@kubernetes-models/istio/extensions.istio.io/v1alpha1/WasmPlugin";
import { parseAllDocuments } from "yaml";

let valid = 0;
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
    const resource = document.toJS();
    // The package knows no TrafficExtension.
    if (resource.kind !== "WasmPlugin") continue;
    new WasmPlugin(resource).validate();
    console.log(`${file}: WasmPlugin ${resource.metadata.name} is valid`);
    valid += 1;
  }
}
if (valid === 0) throw new Error("no WasmPlugin");
