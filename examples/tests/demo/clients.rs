//! Clients of the shop and of the greeter.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::Command;
use tonic::transport::Endpoint;

use self::interface::HelloRequest;
use self::interface::greeter_client::GreeterClient;

mod interface {
    #![allow(
        clippy::allow_attributes_without_reason,
        dead_code,
        unreachable_pub,
        unused_qualifications,
        reason = "generated"
    )]

    tonic::include_proto!("greeter");
}

/// The answer that curl got, without the headers of the connection and of the time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl HttpAnswer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Compares all but the value of `Retry-After`, which each refusal draws.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let [mut own, mut others] = [self, other].map(|answer| answer.headers.clone());
        let drawn = [&mut own, &mut others].map(|headers| headers.remove("retry-after").is_some());
        drawn[0] == drawn[1]
            && (self.status, &self.body) == (other.status, &other.body)
            && own == others
    }

    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let (status, headers) = head.split_once("\r\n")?;
        let headers = headers
            .split("\r\n")
            .filter_map(|line| line.split_once(": "));
        Some(Self {
            status: status.split(' ').nth(1)?.parse().ok()?,
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .filter(|(name, _)| !matches!(&**name, "connection" | "date" | "server"))
                .collect(),
            body: body.to_owned(),
        })
    }
}

/// Sends a request with curl, from this address.
pub(crate) async fn curl(from: Ipv4Addr, url: &str) -> Result<HttpAnswer> {
    curl_with(from, url, &[]).await
}

/// Sends a request with curl, from this address and with these header lines.
pub(crate) async fn curl_with(from: Ipv4Addr, url: &str, headers: &[&str]) -> Result<HttpAnswer> {
    let mut curl = Command::new("curl");
    curl.args([
        "--silent",
        "--show-error",
        "--include",
        "--max-time",
        "10",
        "--noproxy",
        "*",
    ]);
    for header in headers {
        curl.args(["--header", header]);
    }
    let text = output(curl.arg("--interface").arg(from.to_string()).arg(url)).await?;
    HttpAnswer::parse(&text).with_context(|| format!("not HTTP: {text}"))
}

/// The greeter's answer to a gRPC client.
#[derive(Debug)]
pub(crate) enum Greeting {
    Hello(String),
    Status {
        code: String,
        marker: Option<String>,
    },
}

/// Calls the greeter with tonic, over a new connection from this address.
pub(crate) async fn tonic(from: Ipv4Addr, url: &str) -> Result<Greeting> {
    let endpoint = Endpoint::from_shared(url.to_owned())?.local_address(Some(IpAddr::V4(from)));
    let mut greeter = GreeterClient::new(endpoint.connect().await?);
    let answer = greeter
        .say_hello(HelloRequest {
            name: "tonic".to_owned(),
        })
        .await;
    Ok(match answer {
        Ok(reply) => Greeting::Hello(reply.into_inner().message),
        Err(status) => Greeting::Status {
            code: match status.code() {
                tonic::Code::Unavailable => "UNAVAILABLE".to_owned(),
                code => format!("{code:?}"),
            },
            marker: status
                .metadata()
                .get("intermission")
                .and_then(|value| Some(value.to_str().ok()?.to_owned())),
        },
    })
}

/// Calls the greeter and its health service with Python's grpcio, from 127.0.0.1.
pub(crate) async fn python(url: &str) -> Result<(Greeting, String)> {
    let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let python = examples.join("../target/venv/bin/python");
    ensure!(
        python.exists(),
        "target/venv is missing: run `cargo xtask test`, which makes it"
    );
    let address = url.trim_start_matches("http://");
    let text = output(
        Command::new(python)
            .arg(examples.join("tonic/client.py"))
            .arg(address),
    )
    .await?;
    let answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let text = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let greeting = match text("/greeter/message") {
        Some(message) => Greeting::Hello(message),
        None => Greeting::Status {
            code: text("/greeter/code").context("neither message nor code")?,
            marker: text("/greeter/marker"),
        },
    };
    Ok((greeting, text("/health").context("no health")?))
}

/// Runs a command to its end and returns its output.
async fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await?;
    let stdout = String::from_utf8(output.stdout)?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{:?}: {}\n{stdout}{stderr}",
        command.as_std(),
        output.status
    );
    Ok(stdout)
}
