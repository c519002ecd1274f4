// Checks Istio's manifests: node istio.mjs FILE…

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { WasmPlugin } from "@kubernetes-models/istio/extensions.istio.io/v1alpha1/WasmPlugin";
import { parseAllDocuments } from "yaml";

const found = { WasmPlugin: [], TrafficExtension: [] };
for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
    const resource = document.toJS();
    if (!(resource.kind in found)) throw new Error(`${file}: what is a ${resource.kind}?`);
    found[resource.kind].push({ file, resource });
  }
}

// The schema lets unknown fields pass, as an API server does, which drops them.
const known = ["selector", "targetRefs", "phase", "priority", "match", "url", "sha256", "imagePullPolicy",
  "imagePullSecret", "pluginName", "pluginConfig", "failStrategy", "vmConfig", "type"];

for (const { file, resource } of found.WasmPlugin) {
  const unknown = Object.keys(resource.spec).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new Error(`${file}: unknown: ${unknown.join(", ")}`);
  new WasmPlugin(resource).validate();
  console.log(`${file}: WasmPlugin ${resource.metadata.name} is valid`);
}

// No package for Node knows TrafficExtension. It has the fields of WasmPlugin, those of the module under `wasm`.
for (const { file, resource } of found.TrafficExtension) {
  const { wasm, ...rest } = resource.spec;
  const moved = { ...rest, ...wasm };
  const same = found.WasmPlugin.some(({ resource: plugin }) => isDeepStrictEqual(plugin.spec, moved));
  const outer = Object.keys(rest).every((field) => known.slice(0, 5).includes(field));
  if (!same || !outer) throw new Error(`${file}: does not say what the WasmPlugin says`);
  console.log(`${file}: TrafficExtension ${resource.metadata.name} says what the WasmPlugin says`);
}

for (const [kind, resources] of Object.entries(found)) {
  if (resources.length === 0) throw new Error(`no ${kind}`);
}
