//! Proxies that answer by themselves, each in one thread: Envoy with one filter or another, nginx and HAProxy.

use std::fs;
use std::net::SocketAddr;

use anyhow::Result;
use intermission_core::{Kind, Policy, RequestView, State, Timestamp};
use intermission_testkit::free_address;
use serde_json::{Value, json};

use crate::Random;
use crate::process::{Server, made};

/// Files for programs to read, which are removed at the end.
#[derive(Debug)]
pub struct Files(tempfile::TempDir);

impl Files {
    /// A place for them.
    pub fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    fn write(&self, name: &str, text: &str) -> Result<String> {
        let path = self.0.path().join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    }
}

/// What a proxy refuses with, beside the layer and the filter: as much as they send.
const PROBLEM: &str = r#"{"type":"about:blank","title":"Down for maintenance","status":503,"detail":"We are working on it. Please try again later.","revision":1}"#;

/// As many different CIDRs, of prefixes from /20 to /32, none of which has this host.
#[must_use]
pub fn cidrs(count: usize) -> Vec<String> {
    let mut random = Random::new(count as u64);
    let mut cidrs = std::collections::BTreeSet::new();
    while cidrs.len() < count {
        let drawn = random.next();
        let prefix = 20 + (drawn >> 32) % 13;
        let address = (drawn as u32) & (u32::MAX << (32 - prefix));
        let [first, ..] = address.to_be_bytes();
        if (1..224).contains(&first) && first != 127 {
            let address = std::net::Ipv4Addr::from(address);
            cidrs.insert(format!("{address}/{prefix}"));
        }
    }
    cidrs.into_iter().collect()
}

/// Where an Envoy gets its answers from.
#[derive(Clone, Copy, Debug)]
pub enum Upstream {
    /// It answers itself.
    None,
    /// It answers itself, with what the filter refuses with.
    Refuses,
    /// A server.
    At(SocketAddr),
}

/// Starts an Envoy with a filter, or with none.
pub fn envoy(
    files: &Files,
    filter: Option<Value>,
    upstream: Upstream,
    processor: usize,
) -> Result<Server> {
    envoy_with_admin(files, filter, upstream, free_address(), processor)
}

/// Starts an Envoy that tells of itself at `admin`.
pub fn envoy_with_admin(
    files: &Files,
    filter: Option<Value>,
    upstream: Upstream,
    admin: SocketAddr,
    processor: usize,
) -> Result<Server> {
    let binary = made("envoy/bin/envoy", "cargo xtask bench")?;
    let address = free_address();
    let (route, cluster) = match upstream {
        Upstream::None => (
            json!({ "direct_response": { "status": 200, "body": { "inline_string": "welcome" } } }),
            free_address(),
        ),
        Upstream::Refuses => (refusal()?, free_address()),
        Upstream::At(upstream) => (json!({ "route": { "cluster": "upstream" } }), upstream),
    };
    let mut route = route;
    route["match"] = json!({ "prefix": "/" });
    let mut filters: Vec<_> = filter.into_iter().collect();
    filters.push(typed("router", "v3.Router", json!({})));
    let manager =
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    let config = json!({
        "admin": { "address": socket_address(admin) },
        "static_resources": {
            "listeners": [{
                "address": socket_address(address),
                "filter_chains": [{ "filters": [{
                    "name": "manager",
                    "typed_config": {
                        "@type": format!("type.googleapis.com/{manager}"),
                        "stat_prefix": "main",
                        "use_remote_address": true,
                        "generate_request_id": false,
                        "route_config": { "virtual_hosts": [
                            { "name": "all", "domains": ["*"], "routes": [route] },
                        ] },
                        "http_filters": filters,
                    },
                }] }],
            }],
            "clusters": [{
                "name": "upstream",
                "load_assignment": { "cluster_name": "upstream", "endpoints": [{ "lb_endpoints": [
                    { "endpoint": { "address": socket_address(cluster) } },
                ] }] },
            }],
        },
    });
    let config = files.write(
        &format!("envoy-{}.json", address.port()),
        &config.to_string(),
    )?;
    let arguments = [
        "--config-path",
        &config,
        "--concurrency",
        "1",
        "--disable-hot-restart",
        "--log-level",
        "off",
    ];
    Ok(Server::run(
        &binary.to_string_lossy(),
        &arguments,
        address,
        processor,
    ))
}

/// A route that answers with the headers and the body of a page of the filter.
fn refusal() -> Result<Value> {
    let state = State::parse(state(1, "all", &[]).to_string().as_bytes())?;
    let policy = Policy::compile(&state, Timestamp::UNIX_EPOCH);
    let headers: &[(&str, &str)] = &[("accept", "text/html")];
    let reply = policy.reply(Kind::Page, &RequestView::new(b"GET", b"/", headers), 0);
    let lines = reply.headers().map(|(name, value)| {
        let value = String::from_utf8_lossy(value);
        json!({
            "header": { "key": name, "value": value.replace('%', "%%") },
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        })
    });
    let body = String::from_utf8_lossy(reply.answer().body());
    Ok(json!({
        "direct_response": { "status": reply.status(), "body": { "inline_string": body } },
        "response_headers_to_add": lines.collect::<Vec<_>>(),
    }))
}

fn socket_address(address: SocketAddr) -> Value {
    json!({ "socket_address": { "address": address.ip(), "port_value": address.port() } })
}

fn typed(name: &str, of: &str, mut config: Value) -> Value {
    config["@type"] = json!(format!(
        "type.googleapis.com/envoy.extensions.filters.http.{name}.{of}"
    ));
    json!({ "name": name, "typed_config": config })
}

/// The edge filter, with a state in force and no control to poll.
pub fn intermission(maintenance: &str, allowlist: &[String]) -> Result<Value> {
    edge_filter(&json!({
        "cluster": "upstream",
        "path": "/state",
        "interval": 3600,
        "start_wait": 0,
        "initial_state": state(1, maintenance, allowlist),
    }))
}

/// The same as a dynamic module.
#[must_use]
pub fn native(maintenance: &str, allowlist: &[String]) -> Value {
    let plugin = json!({
        "control": format!("http://{}", free_address()),
        "path": "/state",
        "interval": 3600,
        "start_wait": 0,
        "initial_state": state(1, maintenance, allowlist),
    });
    typed(
        "dynamic_modules",
        "v3.DynamicModuleFilter",
        json!({
            "dynamic_module_config": { "name": "intermission_envoy", "do_not_close": true },
            "filter_name": "intermission",
            "filter_config": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": plugin.to_string(),
            },
        }),
    )
}

/// The document of a state.
#[must_use]
pub fn state(revision: u64, maintenance: &str, allowlist: &[String]) -> Value {
    json!({
        "version": 1,
        "store": "01J9ZZZZZZZZZZZZZZZZZZZZZZ",
        "service": "shop",
        "revision": revision,
        "maintenance": maintenance,
        "allowlist": { "enabled": !allowlist.is_empty(), "cidrs": allowlist },
        "api": { "hosts": [], "paths": ["/api"] },
    })
}

/// The edge filter, configured so.
pub fn edge_filter(plugin: &Value) -> Result<Value> {
    let module = made("intermission-edge-filter.wasm", "cargo xtask wasm")?;
    Ok(typed(
        "wasm",
        "v3.Wasm",
        json!({ "config": {
        "name": "intermission",
        "vm_config": {
            "vm_id": "intermission",
            "runtime": "envoy.wasm.runtime.v8",
            "code": { "local": { "filename": module } },
        },
        "configuration": {
            "@type": "type.googleapis.com/google.protobuf.StringValue",
            "value": plugin.to_string(),
        },
    } }),
    ))
}

/// A switch in Lua, written by hand, which lets one address in.
#[must_use]
pub fn lua(closed: bool) -> Value {
    let code = format!(
        r#"
local closed = {closed}
function envoy_on_request(handle)
  if not closed then return end
  local path = handle:headers():get(":path")
  local address = handle:streamInfo():downstreamDirectRemoteAddress()
  if path == "/healthz" or string.sub(address, 1, 10) == "127.0.0.1:" then return end
  handle:respond({{ [":status"] = "503", ["retry-after"] = "300" }}, "down for maintenance")
end
"#
    );
    typed(
        "lua",
        "v3.Lua",
        json!({ "default_source_code": { "inline_string": code } }),
    )
}

/// Envoy's own access control, which lets these addresses in.
#[must_use]
pub fn rbac(allowlist: &[String]) -> Value {
    let principals = allowlist.iter().map(|cidr| {
        let (address, prefix) = cidr.split_once('/').unwrap_or((cidr, "32"));
        let prefix: Option<u32> = prefix.parse().ok();
        json!({ "direct_remote_ip": { "address_prefix": address, "prefix_len": prefix } })
    });
    typed(
        "rbac",
        "v3.RBAC",
        json!({ "rules": { "action": "ALLOW", "policies": { "testers": {
        "permissions": [{ "any": true }],
        "principals": principals.collect::<Vec<_>>(),
    } } } }),
    )
}

/// Starts an nginx that refuses all but these.
pub fn nginx(files: &Files, allowlist: &[String], processor: usize) -> Result<Server> {
    let address = free_address();
    let listed: String = allowlist
        .iter()
        .map(|cidr| format!("    {cidr} 1;\n"))
        .collect();
    let folder = files.0.path().display();
    let config = format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr crit;\n\
         events {{ worker_connections 256; }}\nhttp {{\n  access_log off;\n  keepalive_requests 100000000;\n\
         \x20 client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n\
         \x20 fastcgi_temp_path {folder}/fastcgi;\n  uwsgi_temp_path {folder}/uwsgi;\n  scgi_temp_path {folder}/scgi;\n\
         \x20 geo $tester {{\n    default 0;\n{listed}  }}\n  server {{\n    listen {address};\n\
         \x20   default_type application/problem+json;\n    add_header Retry-After 300 always;\n\
         \x20   add_header Cache-Control no-store always;\n\
         \x20   location / {{\n      if ($tester = 0) {{ return 503 '{PROBLEM}'; }}\n      return 200 welcome;\n    }}\n  }}\n}}\n"
    );
    let config = files.write(&format!("nginx-{}.conf", address.port()), &config)?;
    Ok(Server::run("nginx", &["-c", &config], address, processor))
}

/// Starts an HAProxy that refuses all but these.
pub fn haproxy(files: &Files, allowlist: &[String], processor: usize) -> Result<Server> {
    let address = free_address();
    let listed = files.write("testers.txt", &allowlist.join("\n"))?;
    let problem = files.write("problem.json", PROBLEM)?;
    let config = format!(
        "global\n  nbthread 1\n  maxconn 1000\ndefaults\n  mode http\n  timeout client 60s\n  timeout server 60s\n\
         \x20 timeout connect 5s\nfrontend main\n  bind {address}\n  acl tester src -f {listed}\n\
         \x20 http-request return status 503 content-type application/problem+json file {problem} \
         hdr Retry-After 300 hdr Cache-Control no-store if !tester\n\
         \x20 http-request return status 200 content-type text/plain string welcome\n"
    );
    let config = files.write("haproxy.cfg", &config)?;
    Ok(Server::run(
        "haproxy",
        &["-db", "-f", &config],
        address,
        processor,
    ))
}
