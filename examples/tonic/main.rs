//! A greeter behind tonic with the maintenance layer and the standard health service.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use intermission::{Cidr, ClientSource, MaintenanceLayer, PolicyHandle, Poller, TrustedProxies};
use tokio::signal::unix::{SignalKind, signal};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use self::interface::greeter_server::{Greeter, GreeterServer};
use self::interface::{HelloReply, HelloRequest};

mod interface {
    #![allow(
        clippy::allow_attributes_without_reason,
        unreachable_pub,
        unused_qualifications,
        reason = "generated"
    )]

    tonic::include_proto!("greeter");
}

/// A greeter behind the maintenance layer
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:50051")]
    listen: SocketAddr,

    /// URL of the state of the service; one for each replica of control
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:7700/v1/services/shop/state"
    )]
    state: Vec<String>,

    /// File with the token of the polls [default: the variable INTERMISSION_NODE_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Trust the CAs in this file, in PEM, and no others
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Proxy whose X-Forwarded-For names the client; may be given several times
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<Cidr>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let options = Options::parse();
    let policy = policy(&options).await?;

    // The health service passes in maintenance too: the state exempts its path. It answers "not serving" until control has
    // answered: before the answer this node does not know whether the service is in maintenance.
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_not_serving::<GreeterServer<Hello>>().await;
    let answered = policy.clone();
    tokio::spawn(async move {
        answered.answered().await;
        reporter.set_serving::<GreeterServer<Hello>>().await;
    });

    let incoming = TcpIncoming::bind(options.listen).with_context(|| options.listen.to_string())?;
    println!("listening on http://{}", incoming.local_addr()?);
    Server::builder()
        .layer(layer(&options, policy.clone()))
        .add_service(health)
        .add_service(GreeterServer::new(Hello))
        .serve_with_incoming_shutdown(incoming, stopped()?)
        .await?;
    // Otherwise control reports this node as lost.
    policy.leave().await;
    Ok(())
}

/// The policy of the service, which follows control.
async fn policy(options: &Options) -> anyhow::Result<PolicyHandle> {
    let poller = match &options.ca_file {
        Some(file) => Poller::new_with_ca_file(options.state.clone(), file)?,
        None => Poller::new(options.state.clone())?,
    };
    let mut poller = poller.with_interval(Duration::from_millis(500));
    // Control requires a token; a file or a web server may not.
    if let Some(file) = &options.token_file {
        poller = poller.with_token_file(file)?;
    } else if let Ok(token) = std::env::var("INTERMISSION_NODE_TOKEN") {
        poller = poller.with_token(&token)?;
    }
    Ok(poller.start().await)
}

fn layer(options: &Options, policy: PolicyHandle) -> MaintenanceLayer {
    let layer = MaintenanceLayer::new(policy);
    if options.trusted_proxies.is_empty() {
        return layer;
    }
    let proxies = TrustedProxies::new(options.trusted_proxies.iter().copied().collect());
    layer.with_client_source(ClientSource::XForwardedFor(proxies))
}

struct Hello;

#[tonic::async_trait]
impl Greeter for Hello {
    async fn say_hello(
        &self,
        request: Request<HelloRequest>,
    ) -> Result<Response<HelloReply>, Status> {
        let message = format!("Hello {}!", request.into_inner().name);
        Ok(Response::new(HelloReply { message }))
    }
}

/// Ends at the first SIGINT or SIGTERM.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}
