mod channels;
mod tries;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tonic::codec::Streaming;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::store::error::{OpenError, StoreError};
use crate::store::etcd::client::channels::Channels;
use crate::store::etcd::cluster::Cluster;
use crate::store::etcd::failure::{Failure, causes};
use crate::store::etcd::fault::EtcdFault;
use crate::store::etcd::proto::kv_client::KvClient;
use crate::store::etcd::proto::lease_client::LeaseClient;
use crate::store::etcd::proto::maintenance_client::MaintenanceClient;
use crate::store::etcd::proto::watch_client::WatchClient;
use crate::store::etcd::proto::{
    LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse,
    LeaseRevokeRequest, LeaseRevokeResponse, RangeRequest, RangeResponse, ResponseHeader,
    StatusRequest, StatusResponse, TxnRequest, TxnResponse, WatchRequest, WatchResponse,
};

/// Asks the members of a cluster: the one that answered last, and another one where it does not.
#[derive(Debug)]
pub(super) struct Client {
    channels: Channels,
    current: AtomicUsize,
    /// The id of the cluster, once one has answered.
    cluster: OnceLock<u64>,
    /// That the store has gone back, once it has.
    gone_back: OnceLock<EtcdFault>,
    /// What else may be the reason where a member does not answer.
    hint: &'static str,
}

/// How long the opening of a watch is tried for.
const OPENING: Duration = Duration::from_secs(3);
/// The largest answer that is read: several documents of the greatest size.
const LARGEST_ANSWER: usize = 64 << 20;

impl Client {
    /// Connects to no member yet.
    pub(super) fn new(cluster: &Cluster) -> Result<Self, OpenError> {
        Ok(Self {
            channels: Channels::new(cluster)?,
            current: AtomicUsize::new(0),
            cluster: OnceLock::new(),
            gone_back: OnceLock::new(),
            hint: match cluster.identity {
                None if cluster.authority.is_some() => {
                    " (a client certificate, which it may want, is named by --etcd-cert and --etcd-key)"
                }
                _ => "",
            },
        })
    }

    /// Uses the certificates that the files have now; tells whether they are others.
    ///
    /// # Errors
    ///
    /// Where they cannot be used.
    pub(super) fn renew_certificates(&self) -> Result<bool, OpenError> {
        self.channels.renew()
    }

    pub(super) async fn range(
        &self,
        request: RangeRequest,
        limit: Duration,
    ) -> Result<RangeResponse, Failure> {
        let answer = self.ask(limit, |channel| {
            let (mut client, request) = (kv(channel), request.clone());
            async move { client.range(request).await }
        });
        let answer = answer.await?;
        self.check_cluster(answer.header.as_ref())?;
        Ok(answer)
    }

    /// Asks for a transaction, perhaps several times: it has to be one that can succeed once only.
    pub(super) async fn transact(
        &self,
        request: TxnRequest,
        limit: Duration,
    ) -> Result<TxnResponse, Failure> {
        let answer = self.ask(limit, |channel| {
            let (mut client, request) = (kv(channel), request.clone());
            async move { client.txn(request).await }
        });
        let answer = answer.await?;
        self.check_cluster(answer.header.as_ref())?;
        Ok(answer)
    }

    pub(super) async fn grant(
        &self,
        request: LeaseGrantRequest,
        limit: Duration,
    ) -> Result<LeaseGrantResponse, Failure> {
        let answer = self.ask(limit, |channel| {
            let mut client = LeaseClient::new(channel);
            async move { client.lease_grant(request).await }
        });
        let answer = answer.await?;
        self.check_cluster(answer.header.as_ref())?;
        Ok(answer)
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
        let next = (member + 1) % self.channels.members().len();
        let _ = self
            .current
            .compare_exchange(member, next, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub(super) fn current(&self) -> usize {
        self.current.load(Ordering::Relaxed)
    }

    /// An error where the store has gone back since it was opened. It may have caught up with the version that memory has, but
    /// with other batches.
    pub(super) fn check_has_not_gone_back(&self) -> Result<(), StoreError> {
        match self.gone_back.get() {
            Some(fault) => Err(StoreError::unchanged(fault.clone())),
            None => Ok(()),
        }
    }

    /// Notes that the store has gone back; gives the first report of that.
    pub(super) fn note_gone_back(&self, fault: EtcdFault) -> EtcdFault {
        self.gone_back.get_or_init(|| fault).clone()
    }

    fn check_cluster(&self, header: Option<&ResponseHeader>) -> Result<(), Failure> {
        let found = header.map_or(0, |header| header.cluster_id);
        let known = *self.cluster.get_or_init(|| found);
        if found == known {
            return Ok(());
        }
        Err(Failure::Faulty(EtcdFault::OtherCluster { found, known }))
    }

    async fn ask<T, F>(&self, limit: Duration, call: impl Fn(Channel) -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let mut before = None;
        let begin = || {
            // The one before is slow, or has failed.
            before.into_iter().for_each(|member| self.give_up(member));
            let current = self.current();
            before = Some(current);
            let members = self.channels.members();
            let member = members.get(current).cloned();
            let asked = member.map(|(url, channel)| (url, call(channel)));
            async move {
                let Some((url, asked)) = asked else {
                    return Err("there is no member".to_owned());
                };
                match asked.await {
                    Ok(answer) => Ok(Ok(answer.into_inner())),
                    Err(status) if is_final(&status) => Ok(Err(Failure::refused(status))),
                    Err(status) => Err(format!("{url}: {}{}", causes(&status), self.hint)),
                }
            }
        };
        tries::first(self.channels.members().len(), limit, begin)
            .await
            .unwrap_or_else(|last| {
                let last = last.unwrap_or_else(|| format!("without an answer for {limit:?}"));
                Err(Failure::Unanswered { last })
            })
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
