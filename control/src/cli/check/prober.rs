use std::io::{self, Read};
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::http::header::ACCEPT;
use ureq::tls::{RootCerts, TlsConfig};

use super::{Answer, Expected, Finding, judge};

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of a page is read, in bytes.
const LONGEST_PAGE: u64 = 1 << 20;

/// Asks as a visitor does.
#[derive(Debug)]
pub(crate) struct Prober {
    agent: Agent,
    /// Trusts other CAs.
    second: Option<Agent>,
}

impl Prober {
    /// Trusts the CAs that browsers trust, and `roots`.
    pub(crate) fn new(roots: Option<RootCerts>) -> Self {
        Self {
            agent: agent(RootCerts::WebPki),
            second: roots.map(agent),
        }
    }

    /// Asks once, over a connection of its own.
    pub(crate) fn ask(&self, url: &Uri, expected: Expected) -> Finding {
        let ask = |agent: &Agent| {
            let request = agent.get(url);
            let accept = "text/html,application/json;q=0.9,*/*;q=0.8";
            let mut response = request.header(ACCEPT, accept).call()?;
            // A visitor reads the page: a cache in front keeps none whose client has gone away before its end.
            let page = response.body_mut().as_reader();
            io::copy(&mut page.take(LONGEST_PAGE), &mut io::sink())?;
            Ok(Answer::read(response.status(), response.headers()))
        };
        let asked = match (ask(&self.agent), &self.second) {
            (Err(_), Some(second)) if url.scheme_str() == Some("https") => ask(second),
            (asked, _) => asked,
        };
        asked.map_or_else(
            |error: ureq::Error| Finding::Unreachable {
                reason: error.to_string(),
            },
            |answer| judge(&answer, expected),
        )
    }
}

fn agent(roots: RootCerts) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .tls_config(TlsConfig::builder().root_certs(roots).build())
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!(
            "intermission/",
            env!("CARGO_PKG_VERSION"),
            " check"
        ))
        .build();
    config.into()
}
