//! Parts of a configuration of Envoy.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::Module;

/// The peer of a connection, as Envoy formats it.
pub const DIRECT_PEER: &str = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%";

/// The filter, with its plugin configuration as for WebAssembly and the environment of its VMs, which may be shown the bodies
/// of requests that it holds. `cluster` says where a cluster is.
#[must_use]
pub fn intermission(
    module: Module,
    plugin: &Value,
    environment: &Value,
    shows_bodies: bool,
    cluster: impl Fn(&str) -> Option<SocketAddr>,
) -> Value {
    if module == Module::Native {
        return dynamic_module(NATIVE, &native(plugin, cluster).to_string());
    }
    let config = json!({ "config": {
        "name": "intermission",
        "vm_config": {
            "vm_id": "intermission",
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module.path() } },
            "environment_variables": environment,
        },
        "configuration": {
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            "value": plugin.to_string(),
        },
        "failure_policy": "FAIL_RELOAD",
        "allow_on_headers_stop_iteration": shows_bodies,
    } });
    http_filter("wasm", "v3.Wasm", config)
}

/// What lets the filter of this kind know of the end of Envoy.
#[must_use]
pub fn bootstrap_extensions(module: Module) -> Value {
    if module != Module::Native {
        return json!([]);
    }
    let config = json!({
        "dynamic_module_config": { "name": NATIVE, "do_not_close": true },
        "extension_name": "intermission",
    });
    json!([typed(
        "envoy.bootstrap.dynamic_modules",
        "envoy.extensions.bootstrap.dynamic_modules.v3.DynamicModuleBootstrapExtension",
        config,
    )])
}

/// What gives the metrics of the filter of this kind the names that they have in WebAssembly.
#[must_use]
pub fn runtime(module: Module) -> Value {
    if module != Module::Native {
        return json!({});
    }
    let strips = "envoy.reloadable_features.dynamic_modules_strip_custom_stat_prefix";
    json!({ "layers": [{ "name": "intermission", "static_layer": { strips: true } }] })
}

/// The name of the dynamic module.
const NATIVE: &str = "intermission_envoy";

/// The same configuration for the dynamic module, which asks control itself.
fn native(plugin: &Value, cluster: impl Fn(&str) -> Option<SocketAddr>) -> Value {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
    let url = |name: &Value| {
        let address = name.as_str().and_then(&cluster).unwrap_or(nowhere);
        Value::from(format!("http://{address}"))
    };
    let mut plugin = plugin.clone();
    if let Some(members) = plugin.as_object_mut() {
        for foreign in ["authority", "read_bodies"] {
            members.remove(foreign);
        }
        if let Some(clusters) = members.remove("cluster") {
            let urls = match clusters.as_array() {
                Some(names) => names.iter().map(url).collect(),
                None => url(&clusters),
            };
            members.insert("control".into(), urls);
        }
        // The recipe for the peer is in the configuration of each Envoy here.
        let client = members.get_mut("client").and_then(Value::as_object_mut);
        if let Some(client) =
            client.filter(|client| client.get("source") != Some(&json!("source-address")))
        {
            client
                .entry("filter_state")
                .or_insert_with(|| "intermission.peer".into());
        }
    }
    plugin
}

/// The filter of a dynamic module, with its configuration as text.
#[must_use]
pub fn dynamic_module(module: &str, configuration: &str) -> Value {
    let config = json!({
        // A library that has threads must not be unloaded.
        "dynamic_module_config": { "name": module, "do_not_close": true },
        "filter_name": "intermission",
        "filter_config": {
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            "value": configuration,
        },
    });
    http_filter("dynamic_modules", "v3.DynamicModuleFilter", config)
}

/// The last filter.
#[must_use]
pub fn router() -> Value {
    http_filter("router", "v3.Router", json!({}))
}

/// A filter of requests.
#[must_use]
pub fn http_filter(name: &str, kind: &str, config: Value) -> Value {
    typed(
        &format!("envoy.filters.http.{name}"),
        &format!("envoy.extensions.filters.http.{name}.{kind}"),
        config,
    )
}

/// An address on TCP.
#[must_use]
pub fn tcp_address(address: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": address, "port_value": port } })
}

/// A cluster with one endpoint.
#[must_use]
pub fn cluster(name: &str, address: SocketAddr) -> Value {
    json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "5s",
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{ "lb_endpoints": [{ "endpoint": {
                "address": tcp_address(&address.ip().to_string(), address.port()),
            } }] }],
        },
    })
}

/// Gives the filter the peer under the key that it reads by default.
#[must_use]
pub fn peer_state(peer: &str) -> Value {
    let state = json!({ "on_request_headers": [filter_state("intermission.peer", peer)] });
    http_filter("set_filter_state", "v3.Config", state)
}

/// A key of the filter state, with a format of Envoy's access log.
#[must_use]
pub fn filter_state(key: &str, format: &str) -> Value {
    json!({
        "object_key": key,
        "factory_key": "envoy.string",
        "format_string": { "text_format_source": { "inline_string": format } },
    })
}

/// A named extension.
#[must_use]
pub fn typed(name: &str, kind: &str, config: Value) -> Value {
    json!({ "name": name, "typed_config": of_type(kind, config) })
}

/// A message of this type.
#[must_use]
pub fn of_type(kind: &str, mut config: Value) -> Value {
    if let Some(members) = config.as_object_mut() {
        members.insert("@type".into(), format!("type.googleapis.com/{kind}").into());
    }
    config
}
