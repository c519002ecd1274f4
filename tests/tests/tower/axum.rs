//! The corpus against the layer in axum on real sockets: over HTTP/1.1, and what there is in HTTP/2 only over that.

use std::io;
use std::net::SocketAddr;

use intermission_corpus::Vector;
use intermission_testkit::http::Transport;
use intermission_tests::{Place, Rig, Run, application};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

async fn serve(vector: &Vector, rig: Rig) -> io::Result<(SocketAddr, AbortHandle)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = application().layer(Rig::maintenance(vector)).layer(rig);
    let server = tokio::spawn(async { ::axum::serve(listener, app).await });
    Ok((address, server.abort_handle()))
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_agrees_with_every_vector() {
    let run = Run::new(Transport::Http1);
    run.over("axum", serve, Place::Axum).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn axum_agrees_with_every_extended_connect() {
    let run = Run::of_extended_connects();
    run.over("axum over HTTP/2", serve, Place::Axum)
        .await
        .unwrap();
}
