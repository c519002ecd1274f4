//! Parts of a configuration of Envoy.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

/// The peer of a connection, as Envoy formats it.
pub const DIRECT_PEER: &str = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%";

/// The filter, with its plugin configuration and the environment of its VMs, which may be shown the bodies of requests that
/// it holds.
#[must_use]
pub fn intermission(
    module: &Path,
    plugin: &Value,
    environment: &Value,
    shows_bodies: bool,
) -> Value {
    let config = json!({ "config": {
        "name": "intermission",
        "vm_config": {
            "vm_id": "intermission",
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module } },
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
