use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Instant, sleep, timeout};
use tonic::codec::Streaming;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};

use crate::store::error::{OpenError, StoreError};
use crate::store::etcd::cluster::{Cluster, MemberUrl};
use crate::store::etcd::proto::kv_client::KvClient;
use crate::store::etcd::proto::lease_client::LeaseClient;
use crate::store::etcd::proto::maintenance_client::MaintenanceClient;
use crate::store::etcd::proto::watch_client::WatchClient;
use crate::store::etcd::proto::{
    LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse,
    LeaseRevokeRequest, LeaseRevokeResponse, RangeRequest, RangeResponse, StatusRequest,
    StatusResponse, TxnRequest, TxnResponse, WatchRequest, WatchResponse,
};

/// Asks the members of a cluster: the one that answered last, and another one where it does not.
#[derive(Debug)]
pub(super) struct Client {
    members: Vec<(String, Channel)>,
    current: AtomicUsize,
    /// What else may be the reason where a member does not answer.
    hint: &'static str,
}

/// Why no member did what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// One refused, and all would.
    Refused(Status),
    /// None has answered in time, and one may have done it all the same.
    Unanswered { last: String },
}

/// How long one member is waited for at first. The time doubles with each round, up to the longest.
const FIRST_TRY: Duration = Duration::from_millis(500);
/// The longest that one member is waited for.
const LONGEST_TRY: Duration = Duration::from_secs(4);
/// The pause between two rounds.
const PAUSE: Duration = Duration::from_millis(50);
/// How long the opening of a watch is tried for.
const OPENING: Duration = Duration::from_secs(3);
/// How long a connection may take.
const CONNECTING: Duration = Duration::from_millis(500);
/// How long a connection may be silent, and how long the answer to the question whether it lives may take.
const SILENCE: Duration = Duration::from_secs(1);
/// The largest answer that is read: several documents of the greatest size.
const LARGEST_ANSWER: usize = 64 << 20;

impl Client {
    /// Connects to no member yet.
    pub(super) fn new(cluster: &Cluster) -> Result<Self, OpenError> {
        let mut members = Vec::new();
        for MemberUrl(url) in &cluster.members {
            let invalid = |error: tonic::transport::Error| {
                OpenError::Etcd(format!("{url}: {}", causes(&error)))
            };
            let mut endpoint = Endpoint::from_shared(url.clone())
                .map_err(invalid)?
                .connect_timeout(CONNECTING)
                .tcp_nodelay(true)
                .http2_keep_alive_interval(SILENCE)
                .keep_alive_timeout(SILENCE)
                .keep_alive_while_idle(true);
            if url.starts_with("https:") {
                endpoint = endpoint.tls_config(cluster.tls(url)?).map_err(invalid)?;
            }
            members.push((url.clone(), endpoint.connect_lazy()));
        }
        Ok(Self {
            members,
            current: AtomicUsize::new(0),
            hint: match cluster.identity {
                None if cluster.authority.is_some() => {
                    " (a client certificate, which it may want, is named by --etcd-cert and --etcd-key)"
                }
                _ => "",
            },
        })
    }

    pub(super) async fn range(
        &self,
        request: RangeRequest,
        limit: Duration,
    ) -> Result<RangeResponse, Failure> {
        self.ask(limit, |channel| {
            let (mut client, request) = (kv(channel), request.clone());
            async move { client.range(request).await }
        })
        .await
    }

    /// Asks for a transaction, perhaps several times: it has to be one that can succeed once only.
    pub(super) async fn transact(
        &self,
        request: TxnRequest,
        limit: Duration,
    ) -> Result<TxnResponse, Failure> {
        self.ask(limit, |channel| {
            let (mut client, request) = (kv(channel), request.clone());
            async move { client.txn(request).await }
        })
        .await
    }

    pub(super) async fn grant(
        &self,
        request: LeaseGrantRequest,
        limit: Duration,
    ) -> Result<LeaseGrantResponse, Failure> {
        self.ask(limit, |channel| {
            let mut client = LeaseClient::new(channel);
            async move { client.lease_grant(request).await }
        })
        .await
    }

    pub(super) async fn revoke(
        &self,
        request: LeaseRevokeRequest,
        limit: Duration,
    ) -> Result<LeaseRevokeResponse, Failure> {
        self.ask(limit, |channel| {
            let mut client = LeaseClient::new(channel);
            async move { client.lease_revoke(request).await }
        })
        .await
    }

    pub(super) async fn keep_alive(
        &self,
        request: LeaseKeepAliveRequest,
        limit: Duration,
    ) -> Result<LeaseKeepAliveResponse, Failure> {
        self.ask(limit, |channel| {
            let mut client = LeaseClient::new(channel);
            async move {
                let requests = stream::iter([request]).chain(stream::pending());
                let mut answers = client.lease_keep_alive(requests).await?.into_inner();
                let answer = answers.message().await?;
                let ended = || Status::unavailable("the stream has ended");
                answer.map(Response::new).ok_or_else(ended)
            }
        })
        .await
    }

    /// Opens a stream of watches through the current member.
    pub(super) async fn watch<R>(
        &self,
        requests: impl Fn() -> Request<R>,
    ) -> Result<Streaming<WatchResponse>, Failure>
    where
        R: Stream<Item = WatchRequest> + Send + 'static,
    {
        self.ask(OPENING, |channel| {
            let client = WatchClient::new(channel).max_decoding_message_size(LARGEST_ANSWER);
            let (mut client, requests) = (client, requests());
            async move { client.watch(requests).await }
        })
        .await
    }

    /// What the current member says of itself.
    pub(super) async fn status(&self, limit: Duration) -> Result<StatusResponse, Failure> {
        self.ask(limit, async |channel| {
            let mut client = MaintenanceClient::new(channel);
            client.status(StatusRequest {}).await
        })
        .await
    }

    /// Goes on to the next member, if this one is still the current.
    pub(super) fn give_up(&self, member: usize) {
        let next = (member + 1) % self.members.len();
        let _ = self
            .current
            .compare_exchange(member, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(super) fn current(&self) -> usize {
        self.current.load(Ordering::Relaxed)
    }

    async fn ask<T, F>(&self, limit: Duration, call: impl Fn(Channel) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let end = Instant::now() + limit;
        let mut patience = FIRST_TRY;
        let mut last = String::from("there is no member");
        loop {
            for _ in &self.members {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Failure::Unanswered { last });
                }
                let current = self.current();
                let Some((url, channel)) = self.members.get(current) else {
                    return Err(Failure::Unanswered { last });
                };
                match timeout(patience.min(left), call(channel.clone())).await {
                    Ok(Ok(answer)) => return Ok(answer.into_inner()),
                    Ok(Err(status)) if is_final(&status) => return Err(Failure::Refused(status)),
                    Ok(Err(status)) => last = format!("{url}: {}{}", causes(&status), self.hint),
                    Err(_) => last = format!("{url}: no answer within {patience:?}"),
                }
                self.give_up(current);
            }
            patience = (2 * patience).min(LONGEST_TRY);
            sleep(PAUSE).await;
        }
    }
}

fn kv(channel: Channel) -> KvClient<Channel> {
    KvClient::new(channel).max_decoding_message_size(LARGEST_ANSWER)
}

/// Whether every member would refuse for the same reason.
fn is_final(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::InvalidArgument
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::OutOfRange
            | Code::FailedPrecondition
            | Code::Unimplemented
    )
}

/// An error with all that led to it, since the first says little.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = match error.downcast_ref::<Status>() {
        Some(status) => status.message().to_owned(),
        None => error.to_string(),
    };
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => match status.code() {
                Code::PermissionDenied => write!(
                    f,
                    "etcd does not let the user of the certificate read or write under the prefix ({}); grant it with \
                     etcdctl role grant-permission ROLE readwrite PREFIX --prefix",
                    status.message()
                ),
                Code::ResourceExhausted if status.message().contains("space") => write!(
                    f,
                    "etcd is full ({}); compact and defragment it or raise its --quota-backend-bytes, then etcdctl \
                     alarm disarm",
                    status.message()
                ),
                _ => write!(f, "etcd refuses: {}", causes(status)),
            },
            Self::Unanswered { last } => {
                write!(f, "no member of etcd answers; the last was {last}")
            }
        }
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        Self::unchanged(failure)
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        Self::Etcd(failure.to_string())
    }
}
