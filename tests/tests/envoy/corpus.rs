//! The corpus against the filter in a real Envoy, over HTTP/1.1 and HTTP/2 on real sockets.

use intermission_testkit::envoy::{Module, Version};
use intermission_tests::corpus_through_envoy;

#[tokio::test(flavor = "multi_thread")]
async fn envoy_with_one_worker_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, Module::Released, 1)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn envoy_with_two_workers_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, Module::Released, 2)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn oldest_envoy_agrees_with_every_vector() {
    corpus_through_envoy(Version::Oldest, Module::Released, 2)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_native_filter_with_one_worker_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, Module::Native, 1)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_native_filter_with_two_workers_agrees_with_every_vector() {
    corpus_through_envoy(Version::Newest, Module::Native, 2)
        .await
        .unwrap();
}
