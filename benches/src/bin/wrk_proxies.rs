//! Proxies under `wrk`: Envoy with the edge filter, with Lua and with its own access control; and with 10,000 CIDRs beside
//! the layer, nginx and HAProxy. See [`intermission_benches::pairs`] for what it prints.

use anyhow::Result;
use intermission_benches::pairs::{Accept, CLIENTS, Contender, SERVERS, compare};
use intermission_benches::process::Server;
use intermission_benches::proxies::{
    Files, Upstream, cidrs, envoy, haproxy, intermission, lua, native, nginx, rbac,
};
use serde_json::Value;

fn main() -> Result<()> {
    let files = Files::new()?;
    beside_filters(&files)?;
    beside_servers(&files)
}

fn beside_filters(files: &Files) -> Result<()> {
    let upstream = Server::start("axum_server", &["bare"], CLIENTS)?;
    let others = cidrs(999);
    // This host is one of them.
    let testers = [others.as_slice(), &["127.0.0.0/8".into()]].concat();
    let start = |name, filter: Option<Value>, accept, refuses| {
        anyhow::Ok(Contender {
            name,
            server: envoy(files, filter, Upstream::None, SERVERS)?,
            accept,
            refuses,
        })
    };
    let open = Some(intermission("off", &[])?);
    let testing = Some(intermission("all", &testers)?);
    let closed = Some(intermission("all", &others)?);
    let native_open = Some(native("off", &[]));
    let native_testing = Some(native("all", &testers));
    let native_closed = Some(native("all", &others));
    let contenders = [
        start("bare", None, Accept::Html, false)?,
        start("intermission, open", open, Accept::Html, false)?,
        start("intermission, allowlisted", testing, Accept::Html, false)?,
        start("intermission, page", closed.clone(), Accept::Html, true)?,
        start("intermission, problem", closed, Accept::Json, true)?,
        start("native, open", native_open, Accept::Html, false)?,
        start("native, allowlisted", native_testing, Accept::Html, false)?,
        start("native, page", native_closed.clone(), Accept::Html, true)?,
        start("native, problem", native_closed, Accept::Json, true)?,
        Contender {
            name: "direct response, page",
            server: envoy(files, None, Upstream::Refuses, SERVERS)?,
            accept: Accept::Html,
            refuses: true,
        },
        start("Lua, open", Some(lua(false)), Accept::Html, false)?,
        start("Lua, allowlisted", Some(lua(true)), Accept::Html, false)?,
        start(
            "RBAC, allowlisted",
            Some(rbac(&testers)),
            Accept::Html,
            false,
        )?,
        start("RBAC, refused", Some(rbac(&others)), Accept::Html, true)?,
        Contender {
            name: "bare, to an upstream",
            server: envoy(files, None, Upstream::At(upstream.address), SERVERS)?,
            accept: Accept::Html,
            refuses: false,
        },
    ];
    compare(
        "Envoy",
        &start("bare", None, Accept::Html, false)?,
        &contenders,
    )
}

fn beside_servers(files: &Files) -> Result<()> {
    let testers = cidrs(10_000);
    let contender = |name, server| Contender {
        name,
        server,
        accept: Accept::Json,
        refuses: true,
    };
    let filter = Some(intermission("all", &testers)?);
    let contenders = [
        contender(
            "axum and the layer",
            Server::start("axum_server", &["crowded"], SERVERS)?,
        ),
        contender(
            "Envoy and the filter",
            envoy(files, filter, Upstream::None, SERVERS)?,
        ),
        contender("nginx, geo", nginx(files, &testers, SERVERS)?),
        contender("HAProxy, ACL", haproxy(files, &testers, SERVERS)?),
    ];
    let other = contender("nginx, geo", nginx(files, &testers, SERVERS)?);
    compare("10,000 CIDRs", &other, &contenders)
}
