//! The nodes of this process, one for each source of a state.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use intermission_core::State;
use intermission_native_abi::Waker;
use intermission_node::PolicyHandle;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::config::Source;

/// A node, which all configurations with the same source share. It leaves when the last of them is gone.
#[derive(Debug)]
pub(crate) struct Service {
    source: Source,
    /// Whether it has begun with the last state of another one.
    is_heir: bool,
    /// There when the first answer has come, or the wait for it is over.
    policy: OnceLock<PolicyHandle>,
    /// The streams that wait for it.
    waiting: Mutex<Vec<Waker>>,
}

static SERVICES: Mutex<Vec<Weak<Service>>> = Mutex::new(Vec::new());

impl Service {
    /// The node for this source, which is started if there is none.
    pub(crate) fn of(source: &Source) -> Result<Arc<Self>, String> {
        let runtime = runtime().map_err(|error| format!("no thread for the polls: {error}"))?;
        let mut services = lock(&SERVICES);
        services.retain(|service| service.strong_count() > 0);
        let mut known = services.iter().filter_map(Weak::upgrade);
        if let Some(service) = known.find(|known| known.source == *source) {
            return Ok(service);
        }
        let mut poller = source.poller().map_err(|error| error.to_string())?;
        let mut before = services.iter().filter_map(Weak::upgrade);
        let last = before.find_map(|before| before.state_for(source));
        let is_heir = last.is_some();
        if let Some(state) = last {
            poller = poller.with_last_state(state);
        }
        let service = Arc::new(Self {
            source: source.clone(),
            is_heir,
            policy: OnceLock::new(),
            waiting: Mutex::default(),
        });
        services.push(Arc::downgrade(&service));
        let started = Arc::downgrade(&service);
        runtime.spawn(async move {
            let policy = poller.start().await;
            if let Some(service) = started.upgrade() {
                service.open(policy);
            }
        });
        Ok(service)
    }

    /// The policy in force. A stream that is too early for it waits, and is woken.
    #[inline]
    pub(crate) fn policy(&self, waker: impl FnOnce() -> Waker) -> Option<&PolicyHandle> {
        self.policy.get().or_else(|| self.policy_later(waker))
    }

    // Apart, since it is for the start only.
    #[cold]
    fn policy_later(&self, waker: impl FnOnce() -> Waker) -> Option<&PolicyHandle> {
        let mut waiting = lock(&self.waiting);
        let policy = self.policy.get();
        if policy.is_none() {
            waiting.push(waker());
        }
        policy
    }

    fn open(&self, policy: PolicyHandle) {
        let mut waiting = lock(&self.waiting);
        // It is called once.
        let _ = self.policy.set(policy);
        for waker in std::mem::take(&mut *waiting) {
            waker.wake();
        }
    }

    /// The state in force here, for a configuration with another way to ask for the same state.
    fn state_for(&self, source: &Source) -> Option<State> {
        let policy = self.policy.get()?;
        // A default of the configuration is no state of control.
        let has_one = self.is_heir || !policy.is_provisional();
        if self.source.urls != source.urls || !has_one {
            return None;
        }
        // What the end of a lease has closed stays closed under another lease.
        Some(match source.settings.lease {
            Some(_) => policy.state(),
            None => policy.last_state(),
        })
    }
}

/// How long Envoy's end waits for the farewell. Meanwhile its listeners still accept requests, which are refused.
const FAREWELL: Duration = Duration::from_secs(1);

/// Has all nodes leave that can do so at once: nothing runs, and control answers.
pub(crate) fn leave() {
    let all: Vec<_> = lock(&SERVICES).iter().filter_map(Weak::upgrade).collect();
    let policies = all
        .iter()
        .filter_map(|service| service.policy.get())
        .cloned();
    let leaving: Vec<_> = policies
        .filter_map(|policy| {
            spawn(async move {
                let _ = tokio::time::timeout(FAREWELL, policy.leave()).await;
            })
        })
        .collect();
    if let Ok(runtime) = runtime() {
        for left in leaving {
            let _ = runtime.block_on(left);
        }
    }
}

/// Calls `work` after a pause, on the thread of the polls.
pub(crate) fn after(pause: Duration, work: impl FnOnce() + Send + 'static) {
    spawn(async move {
        tokio::time::sleep(pause).await;
        work();
    });
}

/// Calls `work` every so often, on the thread of the polls, until `owner` is gone.
pub(crate) fn every(period: Duration, owner: &Arc<()>, work: impl Fn() + Send + 'static) {
    let owner = Arc::downgrade(owner);
    spawn(async move {
        while owner.strong_count() > 0 {
            work();
            tokio::time::sleep(period).await;
        }
    });
}

fn spawn<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Option<JoinHandle<T>> {
    Some(runtime().ok()?.spawn(work))
}

/// The thread of the polls, which lives for as long as the process.
fn runtime() -> Result<&'static Runtime, &'static io::Error> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let start = || {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("intermission")
            .enable_all()
            .build()
    };
    RUNTIME.get_or_init(start).as_ref()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
