//! The corpus against the layer in axum, over HTTP/1.1 on real sockets.
#![cfg(not(target_family = "wasm"))]

use intermission_tests::over::{Place, Rig, Run, Transport, application};
use tokio::net::TcpListener;

#[tokio::test(flavor = "multi_thread")]
async fn axum_agrees_with_every_vector() {
    Run::new(Transport::Http1)
        .over(
            "axum",
            async |vector, rig| {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let address = listener.local_addr()?;
                let app = application().layer(Rig::maintenance(vector)).layer(rig);
                let server = tokio::spawn(async { axum::serve(listener, app).await });
                Ok((address, server.abort_handle()))
            },
            Place::Axum,
        )
        .await
        .unwrap();
}
