//! The configuration of an Envoy with many sites.

use std::net::SocketAddr;
use std::path::Path;

use intermission_testkit::envoy::{Module, config};
use serde_json::{Value, json};

use super::Site;

/// The whole configuration: a listener on TCP, which distinguishes sites and peers by PROXY headers, and
/// one on a Unix socket for each site.
pub(super) fn bootstrap(
    sites: &[Site],
    module: Module,
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
                "filters": [connection_manager(number, site, module, control, TCP_PEER)],
            })
        })
        .collect();
    let tcp = json!({
        "name": "tcp",
        "address": config::tcp_address("127.0.0.1", 0),
        "listener_filters": [config::typed(
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
        [(true, config::DIRECT_PEER), (false, "")].map(|(known, peer)| {
            json!({
                "name": format!("unix {number} {known}"),
                "address": { "pipe": { "path": socket(folder, number, known) } },
                "filter_chains": [{ "filters": [connection_manager(number, site, module, control, peer)] }],
            })
        })
    });
    let mut listeners = vec![tcp];
    listeners.extend(unix);
    json!({
        "admin": { "address": config::tcp_address("127.0.0.1", 0) },
        "static_resources": {
            "listeners": listeners,
            "clusters": [config::cluster("control", control), config::cluster("application", application)],
        },
    })
}

/// The destination port by which a PROXY header names a site.
pub(super) fn port(site: usize) -> usize {
    site + 1
}

/// The Unix socket of a site, where the filter gets the peer, or where it does not.
pub(super) fn socket(folder: &Path, site: usize, known: bool) -> std::path::PathBuf {
    folder.join(format!("{site}-{known}.sock"))
}

/// Where the endpoint has the state of a site.
pub(super) fn path(site: usize) -> String {
    format!("/{site}")
}

/// What gives the filter the peer where it does not take `source.address`.
///
/// On TCP the peer is the one that a PROXY header names, which is not the direct one to Envoy.
const TCP_PEER: &str = "%DOWNSTREAM_REMOTE_ADDRESS%";

fn connection_manager(
    number: usize,
    site: &Site,
    module: Module,
    control: SocketAddr,
    peer: &str,
) -> Value {
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
    let report = json!({ "mutations": { "response_mutations": [{
        "append": {
            "header": { "key": "rig-path", "value": "%FILTER_STATE(rig.path:PLAIN)%" },
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        },
    }] } });
    let see = json!({ "on_request_headers": [
        config::filter_state("intermission.peer", peer),
        config::filter_state("rig.path", "saw %REQ(:PATH)%"),
    ] });
    let filters = [
        config::http_filter("header_mutation", "v3.HeaderMutation", report),
        config::http_filter("set_filter_state", "v3.Config", see),
        config::intermission(
            module,
            &site.plugin(&path(number)),
            &json!({}),
            false,
            |_| Some(control),
        ),
        config::router(),
    ];
    config::typed(
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
