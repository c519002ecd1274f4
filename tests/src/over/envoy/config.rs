//! The configuration of Envoy.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use super::super::site::Site;

/// The whole configuration: a listener on TCP, which tells sites and peers apart by PROXY headers, and
/// one on a Unix socket for each site.
pub(super) fn bootstrap(
    sites: &[Site],
    module: &Path,
    control: SocketAddr,
    application: SocketAddr,
    folder: &Path,
) -> Value {
    let chains: Vec<Value> = (0..)
        .zip(sites)
        .map(|(number, site)| {
            json!({
                "name": format!("site {number}"),
                "filter_chain_match": { "destination_port": port(number) },
                "filters": [connection_manager(number, site, module, TCP_PEER)],
            })
        })
        .collect();
    let tcp = json!({
        "name": "tcp",
        "address": tcp_address("127.0.0.1", 0),
        "listener_filters": [typed(
            "envoy.filters.listener.proxy_protocol",
            "envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol",
            json!({}),
        )],
        // So that every worker gets its share of so few connections.
        "connection_balance_config": { "exact_balance": {} },
        "filter_chains": chains,
    });
    let unix = (0..).zip(sites).filter(|(_, site)| site.unix);
    let unix = unix.flat_map(|(number, site)| {
        [(true, DIRECT_PEER), (false, "")].map(|(told, peer)| {
            json!({
                "name": format!("unix {number} {told}"),
                "address": { "pipe": { "path": socket(folder, number, told) } },
                "filter_chains": [{ "filters": [connection_manager(number, site, module, peer)] }],
            })
        })
    });
    let mut listeners = vec![tcp];
    listeners.extend(unix);
    json!({
        "admin": { "address": tcp_address("127.0.0.1", 0) },
        "static_resources": {
            "listeners": listeners,
            "clusters": [cluster("control", control), cluster("application", application)],
        },
    })
}

/// The destination port by which a PROXY header names a site.
pub(super) fn port(site: usize) -> usize {
    site + 1
}

/// The Unix socket of a site, where the filter gets the peer, or where it does not.
pub(super) fn socket(folder: &Path, site: usize, told: bool) -> std::path::PathBuf {
    folder.join(format!("{site}-{told}.sock"))
}

/// Where the endpoint has the state of a site.
pub(super) fn path(site: usize) -> String {
    format!("/{site}")
}

/// What gives the filter the peer where it does not take `source.address`.
///
/// On TCP the peer is the one that a PROXY header names, which is not the direct one to Envoy.
const TCP_PEER: &str = "%DOWNSTREAM_REMOTE_ADDRESS%";
pub(super) const DIRECT_PEER: &str = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%";

fn connection_manager(number: usize, site: &Site, module: &Path, peer: &str) -> Value {
    let route = json!({
        "virtual_hosts": [{
            "name": "application",
            "domains": ["*"],
            "routes": [
                { "match": { "connect_matcher": {} }, "direct_response": { "status": 200 } },
                { "match": { "prefix": "" }, "route": { "cluster": "application" } },
            ],
        }],
    });
    // What the decoding filters have not seen is not reported, even though the answer passes this one.
    let tell = json!({ "mutations": { "response_mutations": [{
        "append": {
            "header": { "key": "rig-path", "value": "%FILTER_STATE(rig.path:PLAIN)%" },
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        },
    }] } });
    let see = json!({ "on_request_headers": [
        filter_state("intermission.peer", peer),
        filter_state("rig.path", "saw %REQ(:PATH)%"),
    ] });
    let filters = [
        http_filter("header_mutation", "v3.HeaderMutation", tell),
        http_filter("set_filter_state", "v3.Config", see),
        intermission(module, &site.plugin(&path(number)), &json!({}), false),
        router(),
    ];
    typed(
        "envoy.filters.network.http_connection_manager",
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        json!({
            "stat_prefix": "tests",
            "codec_type": "AUTO",
            "use_remote_address": true,
            "normalize_path": false,
            "merge_slashes": false,
            "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
            "http2_protocol_options": { "allow_connect": true },
            // A client that is turned away need not be given time to notice.
            "delayed_close_timeout": "0.01s",
            "upgrade_configs": [{ "upgrade_type": "websocket" }, { "upgrade_type": "CONNECT" }],
            "route_config": route,
            "http_filters": filters,
        }),
    )
}

/// The filter, with its plugin configuration and the environment of its VMs, which may be shown the bodies of requests that
/// it holds.
pub(super) fn intermission(
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

pub(super) fn router() -> Value {
    http_filter("router", "v3.Router", json!({}))
}

fn http_filter(name: &str, kind: &str, config: Value) -> Value {
    typed(
        &format!("envoy.filters.http.{name}"),
        &format!("envoy.extensions.filters.http.{name}.{kind}"),
        config,
    )
}

pub(super) fn tcp_address(address: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": address, "port_value": port } })
}

pub(super) fn cluster(name: &str, address: SocketAddr) -> Value {
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

/// Tells the filter the peer under the key that it takes by default.
pub(super) fn peer_told(peer: &str) -> Value {
    let told = json!({ "on_request_headers": [filter_state("intermission.peer", peer)] });
    http_filter("set_filter_state", "v3.Config", told)
}

fn filter_state(key: &str, format: &str) -> Value {
    json!({
        "object_key": key,
        "factory_key": "envoy.string",
        "format_string": { "text_format_source": { "inline_string": format } },
    })
}

pub(super) fn typed(name: &str, kind: &str, config: Value) -> Value {
    json!({ "name": name, "typed_config": of_type(kind, config) })
}

pub(super) fn of_type(kind: &str, mut config: Value) -> Value {
    if let Some(members) = config.as_object_mut() {
        members.insert("@type".into(), format!("type.googleapis.com/{kind}").into());
    }
    config
}
