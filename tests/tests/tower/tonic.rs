//! The corpus against the layer in tonic, over HTTP/2 on real sockets.

use ::tonic::service::Routes;
use ::tonic::transport::Server;
use ::tonic::transport::server::TcpIncoming;
use intermission_testkit::http::Transport;
use intermission_tests::{Place, Rig, Run, application};
use tokio::net::TcpListener;

#[tokio::test(flavor = "multi_thread")]
async fn tonic_agrees_with_every_vector() {
    Run::new(Transport::Http2)
        .over(
            "tonic",
            async |vector, rig| {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = listener.local_addr()?;
                let server = Server::builder()
                    .layer(rig)
                    .layer(Rig::maintenance(vector))
                    .add_routes(Routes::from(application()));
                let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
                let server = tokio::spawn(server.serve_with_incoming(incoming));
                Ok((address, server.abort_handle()))
            },
            Place::Tonic,
        )
        .await
        .unwrap();
}
