//! Whether a service is in maintenance as it is seen from here.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use ureq::http::Uri;

use crate::cli::args::Check;
use crate::cli::check::{Expect, Expected, Finding, Prober};
use crate::cli::client;
use crate::cli::exit::{Exit, Failure};
use crate::cli::terminal::{Paint, Report};

/// For how long nodes may go without a change that nothing has waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before they are asked again.
const AGAIN: Duration = Duration::from_millis(200);
/// How often an address is asked after `enter`.
const TIMES: u32 = 3;

/// What was found at one address.
#[derive(Debug, Serialize)]
struct Checked {
    url: String,
    as_expected: bool,
    tries: Vec<Finding>,
    #[serde(skip)]
    expected: Expected,
}

/// `check`.
pub(crate) fn run(options: &Check, ca_file: Option<&Path>) -> Result<Report, Failure> {
    let Check {
        url,
        expect,
        revision,
        times,
    } = options;
    let expected = Expected {
        what: expect.or(revision.map(|_| Expect::Refused)),
        revision: *revision,
    };
    let url = parse(url).map_err(Failure::invalid)?;
    let checked = Checked::by(&prober(ca_file)?, &url, expected, *times);
    let report = Report::new(&checked, checked.described(Paint::from_env()))?;
    Ok(report.with_exit(checked.exit()))
}

/// What `enter` is to check when it is done.
#[derive(Debug)]
pub(crate) struct Checks {
    prober: Prober,
    urls: Vec<Uri>,
}

impl Checks {
    pub(crate) fn new(urls: &[String], ca_file: Option<&Path>) -> Result<Self, Failure> {
        let urls = urls.iter().map(|url| parse(url)).collect::<Result<_, _>>();
        let urls =
            urls.map_err(|error| Failure::invalid(format!("nothing was changed: {error}")))?;
        Ok(Self {
            prober: prober(ca_file)?,
            urls,
        })
    }

    /// Checks that each address is refused, at `revision` at least, and adds that to what has been done. Nothing is
    /// checked where that has not gone well.
    pub(crate) fn follow(self, report: Report, revision: Option<u64>) -> Result<Report, Failure> {
        if self.urls.is_empty() {
            return Ok(report);
        }
        if !report.is_done() {
            return Ok(report
                .with_aside("nothing was checked, since the wait did not end well\n".to_owned()));
        }
        let expected = Expected {
            what: Some(Expect::Refused),
            revision,
        };
        let check = |url| {
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE {
                let finding = self.prober.ask(url, expected);
                if finding.is(expected, &finding) {
                    break;
                }
                std::thread::park_timeout(AGAIN);
            }
            Checked::by(&self.prober, url, expected, TIMES)
        };
        let checks: Vec<_> = self.urls.iter().map(check).collect();
        let paint = Paint::from_env();
        let human: String = checks
            .iter()
            .map(|checked| checked.described(paint))
            .collect();
        let exit = checks
            .iter()
            .map(Checked::exit)
            .find(|exit| *exit != Exit::Done);
        report.with_more(
            "checks",
            &checks,
            &format!("\n{human}"),
            exit.unwrap_or(Exit::Done),
        )
    }
}

impl Checked {
    fn by(prober: &Prober, url: &Uri, expected: Expected, times: u32) -> Self {
        let tries: Vec<_> = (0..times).map(|_| prober.ask(url, expected)).collect();
        let first = tries.first();
        let fits = |finding: &Finding| first.is_some_and(|first| finding.is(expected, first));
        Self {
            url: url.to_string(),
            as_expected: tries.iter().all(fits),
            tries,
            expected,
        }
    }

    fn exit(&self) -> Exit {
        if self.as_expected {
            Exit::Done
        } else {
            Exit::Unexpected
        }
    }

    /// The address, and how often each thing was found there.
    fn described(&self, paint: Paint) -> String {
        let all = self.tries.len();
        let mut counts = BTreeMap::<_, usize>::new();
        for finding in &self.tries {
            *counts.entry(finding).or_default() += 1;
        }
        let verdict = match (self.as_expected, self.expected.what) {
            (true, Some(_)) => "as expected".to_owned(),
            (true, None) => "the same in each try".to_owned(),
            (false, _) => paint.warn("NOT AS EXPECTED"),
        };
        let mut text = format!("{}: {verdict}\n", self.url);
        let first = self.tries.first();
        for (finding, count) in counts {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {count} of {all}  {finding}");
            if !first.is_some_and(|first| finding.is(self.expected, first)) {
                let _ = writeln!(text, "     next  {}", finding.remedy(self.expected));
            }
        }
        text
    }
}

fn prober(ca_file: Option<&Path>) -> Result<Prober, Failure> {
    let roots = ca_file.map(client::roots).transpose()?;
    Ok(Prober::new(roots))
}

/// An address that can be asked.
fn parse(text: &str) -> Result<Uri, String> {
    let url: Option<Uri> = text.parse().ok();
    let known = |url: &Uri| {
        let authority = url.authority().map_or("@", |authority| authority.as_str());
        matches!(url.scheme_str(), Some("http" | "https")) && !authority.contains('@')
    };
    url.filter(known).ok_or_else(|| {
        format!("{text:?} is no address to check; write it like https://shop.example/ without a name and password")
    })
}
