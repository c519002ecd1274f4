use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use intermission_core::{Mode, Poll, PollOptions, ServiceName, State};
use tokio::time::{Instant, timeout_at};

use crate::PolicyHandle;
use crate::current::{Departure, PolicyCell};
use crate::poller::endpoint::EndpointError;
use crate::poller::endpoints::Endpoints;
use crate::poller::identity::Identity;
use crate::poller::saved::{self, Saver};
use crate::poller::task::Task;
use crate::poller::token::{Token, TokenError};
use crate::poller::urls::IntoEndpoints;

/// Polls an endpoint, or several in turn, for the state of one service, while the policy is in use.
///
/// 1. Only a valid document and "not modified" are answers. After any other response, or none, the last good state stays
///    in force.
/// 2. A document that is older than the state in force is refused, unless its store is newer. A document of another service
///    is refused; the URL names the service, or the first answer does.
/// 3. The polls are long polls. An endpoint without long polls is polled at an interval, by default 5 s, jittered by a
///    tenth.
/// 4. After failures the pauses grow up to half a minute, with jitter.
/// 5. With a [lease](Self::with_lease) the service is closed when the endpoint has not answered for that time.
/// 6. Each poll reports the state in force and the running requests that it would refuse, so that
///    `intermission enter --wait` knows when the last old request has ended.
///
/// The endpoint is control, a web server with a document, or a file.
///
/// # Several endpoints
///
/// The replicas of one control serve one store, so that any of them can answer. The poller begins with a random one of them
/// and stays with it while it answers. After a failure it asks the next one at once, and it pauses only when all have failed.
/// A `Retry-After` holds for the endpoint that has sent it. The reports go on, as those of the same process.
///
/// ```no_run
/// # use intermission_node as intermission;
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use intermission::Poller;
///
/// let token = std::env::var("INTERMISSION_NODE_TOKEN")?;
/// let policy = Poller::new("http://127.0.0.1:7700/v1/services/shop/state")?
///     .with_token(&token)?
///     .start()
///     .await;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Poller {
    endpoints: Endpoints,
    options: PollOptions,
    start_wait: Duration,
    saved_copy: Option<PathBuf>,
    last_state: Option<State>,
    initial_state: Option<State>,
    default: Mode,
    service: Option<ServiceName>,
    name: Option<String>,
    kind: &'static str,
}

impl Poller {
    /// Polls these `urls`: one URL of the scheme `http:`, `https:` or `file:`, or up to eight of the schemes `http:` and
    /// `https:` that name the replicas of one control.
    ///
    /// ```
    /// # use intermission_node::{EndpointError, Poller};
    /// # fn example() -> Result<(), EndpointError> {
    /// let one = Poller::new("https://control.example/v1/services/shop/state")?;
    /// let several = Poller::new([
    ///     "https://control-1.example/v1/services/shop/state",
    ///     "https://control-2.example/v1/services/shop/state",
    /// ])?;
    /// # Ok(()) }
    /// # example().unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// One of them is no such URL, or needs the system's root certificates and they cannot be read. There are too many or
    /// none, there is a file among several, or they name different services.
    pub fn new(urls: impl IntoEndpoints) -> Result<Self, EndpointError> {
        Ok(Self::of(Endpoints::new(&urls.urls(), None)?))
    }

    /// Polls these `urls` by `https:` and trusts only the certificates in this file, in PEM: for a control with a certificate
    /// of a private CA. The file is read again with each poll, so that the CA can be replaced without a restart. While the
    /// file has no usable certificate, the previous ones are trusted.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and the file has no usable certificate.
    pub fn new_with_ca_file(
        urls: impl IntoEndpoints,
        file: impl AsRef<Path>,
    ) -> Result<Self, EndpointError> {
        let file = Some(file.as_ref());
        Ok(Self::of(Endpoints::new(&urls.urls(), file)?))
    }

    fn of(endpoints: Endpoints) -> Self {
        Self {
            options: PollOptions::default(),
            start_wait: Duration::from_secs(2),
            saved_copy: None,
            last_state: None,
            initial_state: None,
            default: Mode::Off,
            service: endpoints.service(),
            name: None,
            kind: "tower",
            endpoints,
        }
    }

    /// The pause between two polls that the endpoint does not hold: 5 s by default, 5 minutes at most.
    #[must_use]
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.options.interval = interval;
        self
    }

    /// The longest time of a long poll, in whole seconds: 10 s by default, 5 minutes at most. Zero makes no poll a long poll.
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.options.wait = wait;
        self
    }

    /// Closes the service when the endpoint has not answered for `lease`, until the next answer: the layer then admits only
    /// requests for exempt paths and those of probers. Without a lease the last good state stays in force.
    ///
    /// The lease begins when the last answered poll was sent, or with the start. Each request is judged by it, by the
    /// monotonic and by the wall clock. No pause and no wait is longer than a third of the lease.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.options.lease = Some(lease);
        self
    }

    /// The longest time that the start waits for the first answer: 2 s by default.
    #[must_use]
    pub fn with_start_wait(self, start_wait: Duration) -> Self {
        Self { start_wait, ..self }
    }

    /// Saves each new state to `file`, and starts from it while the endpoint cannot be reached. A copy of another
    /// service than that of the URL is ignored. Only the owner of the process can read the file, which is replaced
    /// atomically; processes of one service may share it. If it cannot be replaced, because it is mounted by itself into a
    /// container, it is written in place.
    #[must_use]
    pub fn with_saved_copy(self, file: impl Into<PathBuf>) -> Self {
        Self {
            saved_copy: Some(file.into()),
            ..self
        }
    }

    /// The state of a start without an answer and without a saved copy, such as a maintenance with its notice and its
    /// allowlist. One of another service than this node's is ignored. Any answer replaces it, whatever its revision.
    #[must_use]
    pub fn with_initial_state(self, state: State) -> Self {
        Self {
            initial_state: Some(state),
            ..self
        }
    }

    /// The mode of a start without an answer, a saved copy and an initial state: off by default, so that a service serves while control
    /// is down.
    #[must_use]
    pub fn with_default(self, default: Mode) -> Self {
        Self { default, ..self }
    }

    /// The service of this node, if the URL does not name it: documents of other services are refused.
    #[must_use]
    pub fn with_service(self, service: ServiceName) -> Self {
        Self {
            service: Some(service),
            ..self
        }
    }

    /// The last state of another poller in this process for the same endpoints, as a saved copy.
    #[doc(hidden)]
    #[must_use]
    pub fn with_last_state(self, state: State) -> Self {
        Self {
            last_state: Some(state),
            ..self
        }
    }

    /// The kind of the node in its reports, if it is no tower layer.
    #[doc(hidden)]
    #[must_use]
    pub fn with_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// The name of the node in its reports, which control shows: by default the name of the machine.
    ///
    /// Several processes may share a name, because each also has a random number.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// Sends `token` with each poll (RFC 6750, section 2.1), to the origins of the endpoints only: redirects are not followed.
    ///
    /// # Errors
    ///
    /// The token has a character that a header cannot have.
    pub fn with_token(mut self, token: &str) -> Result<Self, TokenError> {
        self.endpoints.token = Some(Token::new(token)?);
        Ok(self)
    }

    /// Sends the token in `file` with each poll, as [`with_token`](Self::with_token) does. The file is read again with each
    /// poll, so that a token can be replaced without a restart; while it has no token, the last one is sent.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has a character that a header cannot have.
    pub fn with_token_file(mut self, file: impl AsRef<Path>) -> Result<Self, TokenError> {
        self.endpoints.token = Some(Token::in_file(file.as_ref())?);
        Ok(self)
    }

    /// Starts to poll. Returns the policy when the first answer is in force, or after the
    /// [start wait](Self::with_start_wait) with the saved copy or the default.
    ///
    /// Until the first answer the policy [is provisional](PolicyHandle::is_provisional).
    ///
    /// A task of the current tokio runtime polls until the last clone of the handle, and so the last layer, is dropped, or
    /// until [`PolicyHandle::leave`].
    ///
    /// # Panics
    ///
    /// Without a tokio runtime.
    pub async fn start(self) -> PolicyHandle {
        for endpoint in self.endpoints.in_clear() {
            tracing::warn!(
                %endpoint,
                "the token is sent in clear beyond this machine: an attacker on the way can read the state, report as this \
                 node, and answer for control; use https"
            );
        }
        let deadline = Instant::now() + self.start_wait;
        let service = self.service;
        let saved = match &self.saved_copy {
            Some(file) => timeout_at(deadline, saved::load(file, service.as_ref()))
                .await
                .ok()
                .flatten(),
            None => None,
        };
        let saved = self.last_state.or(saved);
        let initial = self
            .initial_state
            .and_then(|state| initial(state, service.as_ref()));
        // Requests that an initial state admits are older than each revision of control.
        let without_store = |state: &State| {
            let mut state = state.clone();
            state.store = Box::default();
            state
        };
        let at_hand = saved
            .clone()
            .or_else(|| initial.as_ref().map(without_store));
        let at_hand = at_hand.unwrap_or_else(|| {
            let service = service.clone().unwrap_or_else(ServiceName::unknown);
            State::initial(service, self.default)
        });
        let cell = Arc::new(PolicyCell::new(at_hand).polled(self.options.lease));
        let mut poll = Poll::new(self.options, fastrand::u64(..))
            .with_endpoints(self.endpoints.count())
            .with_service(service);
        if let Some(saved) = saved {
            poll = poll.with_saved_copy(saved);
        }
        let (departure, departing) = Departure::new();
        let task = Task::new(
            self.endpoints,
            poll,
            Identity::new(self.name, self.kind, self.options.lease),
            self.saved_copy.map(Saver::new),
            initial,
            Arc::clone(&cell),
        );
        tokio::spawn(task.run(departing));
        let handle = PolicyHandle::polled(cell, departure);
        if timeout_at(deadline, handle.answered()).await.is_err() {
            let state = handle.state();
            tracing::warn!(
                service = state.service.as_str(),
                revision = state.revision,
                maintenance = %state.maintenance,
                waited = ?self.start_wait,
                "no answer from the endpoint; the state in force is provisional"
            );
        }
        handle
    }
}

/// The initial state, unless it is of another service than this node.
fn initial(state: State, service: Option<&ServiceName>) -> Option<State> {
    if let Some(own) = service.filter(|own| **own != state.service) {
        tracing::error!(
            "the initial state is ignored: it is of service {}, and this node is of {own}",
            state.service
        );
        return None;
    }
    Some(state)
}
