//! The corpus against the filter in a real Envoy, over HTTP/1.1 and HTTP/2 on real sockets.

use intermission_testkit::envoy::Version;
use intermission_tests::corpus_through_envoy;

#[tokio::test(flavor = "multi_thread")]
async fn envoy_with_one_worker_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_with_two_workers_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, 2).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn oldest_envoy_agrees_with_every_vector() {
    corpus_through_envoy(Version::Oldest, 2).await.unwrap();
}
