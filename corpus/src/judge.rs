//! What the core decides about a vector.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use intermission_core::{
    Cidr, ClientSource, Peer, Policy, RequestView, Timestamp, TrustedProxies, Verdict,
};

use crate::{Bytes, Observed, Outcome, PageVector, Request, Vector, now};

/// The header lines as the core asks for them.
#[must_use]
pub fn headers(request: &Request) -> &[(String, Bytes)] {
    &request.headers
}

/// The request as a node shows it to the core.
#[must_use]
pub fn view(request: &Request, client: Option<IpAddr>) -> RequestView<'_, [(String, Bytes)]> {
    RequestView {
        authority: request.authority.as_deref(),
        protocol: request.protocol.as_deref(),
        client,
        peer: request.peer().unwrap_or(Peer::Unknown),
        ..RequestView::new(&request.method, &request.path, headers(request))
    }
}

/// All that a node may draw to spread the times at which clients come back.
const DRAWS: Range<u32> = 0..16;

/// What the core decides about the vector's request at `time`, and answers.
///
/// # Errors
///
/// If the vector is not valid.
pub fn judge(vector: &Vector, time: Timestamp) -> Result<Outcome, String> {
    let policy = Policy::compile(&vector.state, time);
    let client = vector.request.client(&vector.source)?;
    let view = view(&vector.request, client.filter(|_| policy.asks_client()));
    let verdict = policy.decide(&view).verdict;
    let answers = match verdict {
        Verdict::Admit(_) => Vec::new(),
        Verdict::Refuse(kind) => {
            let replies = DRAWS.map(|draw| policy.reply(kind, &view, draw));
            replies
                .map(|reply| Observed {
                    status: reply.status(),
                    headers: reply
                        .headers()
                        .map(|(name, value)| (name.into(), value.into()))
                        .collect(),
                    body: reply.body().into(),
                })
                .collect()
        }
    };
    Ok(Outcome {
        verdict,
        client,
        answers,
    })
}

impl Vector {
    /// Checks the core against the vector, at the time that the corpus fixes.
    ///
    /// # Errors
    ///
    /// Everything that is otherwise than expected.
    pub fn check_core(&self) -> Result<(), Vec<String>> {
        let outcome = judge(self, now()).map_err(|error| vec![error])?;
        let mut found = self.expect.compare_verdict(&outcome);
        if let Some(answer) = outcome.answers.first() {
            found.extend(self.expect.compare_answer(answer, self.state.revision));
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}

impl PageVector {
    /// Checks the core against the vector, at the time that the corpus fixes.
    ///
    /// # Errors
    ///
    /// Everything that is otherwise than expected.
    pub fn check_core(&self) -> Result<(), Vec<String>> {
        let policy = Policy::compile(&self.state, now());
        let proxy = IpAddr::from(Ipv4Addr::LOCALHOST);
        let proxies = TrustedProxies::new([Cidr::from(proxy)].into_iter().collect());
        let source = ClientSource::XForwardedFor(proxies);
        let lines = headers(&self.request);
        let view = RequestView {
            client: source.resolve(Peer::Address(proxy), lines),
            peer: Peer::Address(proxy),
            ..RequestView::new(&self.request.method, &self.request.path, lines)
        };
        let is_own = policy.answers_itself(&view);
        let own = is_own.then(|| policy.own_answer(&view, source.name(), self.form.as_bytes()));
        let own = own.map(|own| Observed {
            status: own.status,
            headers: own
                .headers
                .into_iter()
                .map(|(name, value)| (name.into(), value.into_owned().into()))
                .collect(),
            body: own.body.into(),
        });
        let found = match (&own, self.expect.status) {
            (Some(answer), Some(_)) => self.expect.compare(answer),
            (None, None) => Vec::new(),
            (Some(answer), None) => vec![format!("the node answers itself: {answer:?}")],
            (None, Some(_)) => vec!["the rules decide".into()],
        };
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}
