//! The corpus through a real Envoy with the filter.

use intermission_core::{Reason, Timestamp, Verdict};
use intermission_corpus::{
    Corpus, Deviation, Observed, Outcome, Request, Vector, differ, finish, judge, report,
};
use intermission_testkit::envoy::{Counts, Module, Version};
use intermission_testkit::http::Transport;

use crate::compare::{compare_for_caches, compare_pass, compare_refused, undrawn, wall_clock};
use crate::rig::ANSWER;
use crate::{Site, Sites};

/// Headers that Envoy adds of itself to an answer that the filter gives.
pub const ENVOY_ADDS: [&str; 4] = ["connection", "content-length", "date", "server"];

/// How old an answer may be that depends on the time: the filter renders it anew every second, at the
/// next of its ticks.
const RENDERED_SINCE: i64 = 2;

/// Sends every vector through an Envoy with this filter and so many workers, over both transports, and prints how many
/// there were.
///
/// # Errors
///
/// If the corpus cannot be read or Envoy not be started.
///
/// # Panics
///
/// If an answer is not as the vector says, or not as the core's, or a rule is counted wrongly.
pub async fn corpus_through_envoy(
    version: Version,
    module: Module,
    workers: u32,
) -> Result<(), String> {
    let vectors = Corpus::load()?.vectors;
    let mut sites = Vec::new();
    for site in vectors.iter().flat_map(Site::of) {
        if !sites.contains(&site) {
            sites.push(site);
        }
    }
    let envoy = Sites::start(version, module, workers, &sites).await?;
    let mut failures = Vec::new();
    let mut decided = Counts::new();
    for (transport, name) in [(Transport::Http1, "envoy1"), (Transport::Http2, "envoy2")] {
        let mut run = Run {
            version,
            transport,
            rejected: 0,
            changed: 0,
            decided: &mut decided,
        };
        for vector in &vectors {
            let mut found = Vec::new();
            for site in Site::of(vector) {
                let place = sites.iter().position(|known| *known == site);
                found.extend(
                    run.try_at(&envoy, place.unwrap_or_default(), vector)
                        .await?,
                );
            }
            if !found.is_empty() {
                failures.push(report(&format!("{} over {name}", vector.name), &found));
            }
        }
        let Run {
            rejected, changed, ..
        } = run;
        println!(
            "corpus {name} {version:?} {module:?} {workers}: {} vectors ({rejected} that the transport rejects, {changed} that it changes)",
            vectors.len()
        );
    }
    finish(&failures);
    let counted = envoy.decisions(&decided).await;
    assert_eq!(counted, decided, "what Envoy counts");
    Ok(())
}

fn metric(verdict: Verdict) -> Option<String> {
    let name = match verdict {
        Verdict::Admit(Reason::Open) => return None,
        Verdict::Admit(_) => verdict.rule().replace('-', "_"),
        Verdict::Refuse(kind) => format!("refused_{kind}"),
    };
    Some(format!("intermission_requests_{name}_total"))
}

struct Run<'a> {
    version: Version,
    transport: Transport,
    rejected: usize,
    changed: usize,
    decided: &'a mut Counts,
}

impl Run<'_> {
    async fn try_at(
        &mut self,
        envoy: &Sites,
        site: usize,
        vector: &Vector,
    ) -> Result<Vec<String>, String> {
        let mut vector = vector.clone();
        name_host(&mut vector);
        let peer = vector.request.peer()?;
        let begun = wall_clock();
        let answer = envoy
            .send(self.transport, site, peer, &vector.request)
            .await;
        Ok(match answer {
            Ok(answer) => self.compare(&mut vector, answer, begun),
            Err(error) => vec![format!("the client: {error}")],
        })
    }

    fn compare(
        &mut self,
        vector: &mut Vector,
        answer: Option<Observed>,
        begun: Timestamp,
    ) -> Vec<String> {
        let seen = answer.as_ref().and_then(|answer| answer.header("rig-path"));
        let seen = seen.and_then(|seen| seen.strip_prefix(b"saw "));
        let seen = seen.map(|path| path.escape_ascii().to_string());
        let over = vector.over.clone();
        let deviation = match (self.transport, self.version) {
            (Transport::Http1, _) => over.envoy1,
            (Transport::Http2, Version::Newest) => over.envoy2,
            (Transport::Http2, Version::Oldest) => over.oldest_envoy2.or(over.envoy2),
        };
        let (answer, seen) = match (&deviation, seen, answer) {
            (Some(Deviation::Rejected(_)), None, _) => {
                self.rejected += 1;
                return Vec::new();
            }
            // Older ones let more through, about which the vector then speaks.
            (Some(Deviation::Rejected(_)), Some(seen), _) if self.version == Version::Newest => {
                return vec![format!(
                    "is marked as rejected by Envoy, but reaches the filter as {seen}"
                )];
            }
            (_, Some(seen), Some(answer)) => (answer, seen),
            (_, _, answer) => {
                return vec![format!(
                    "does not reach the filter; the answer is {answer:?}"
                )];
            }
        };
        let mut found = Vec::new();
        let mut rule = vector.expect.rule.clone();
        if let Some(Deviation::Becomes(becomes)) = deviation {
            self.changed += 1;
            vector.request.path = becomes.path.as_str().into();
            if let Some(headers) = becomes.headers {
                vector.request.headers = headers;
            }
            rule = becomes.rule;
        }
        // Of no path at all a format makes a dash.
        let path = vector.request.path.escape_ascii().to_string();
        differ(
            &mut found,
            "path",
            &seen,
            if path.is_empty() { "-" } else { &path },
        );
        if rule == "refused" && rule == vector.expect.rule && !vector.expect.at_fixed_time {
            let revision = vector.state.revision;
            found.extend(
                vector
                    .expect
                    .compare_answer(&undrawn(&answer, vector), revision),
            );
        }
        found.extend(compare_with_core(vector, &rule, answer, begun));
        let verdict = judge(vector, begun).map(|outcome| outcome.verdict);
        if let Some(name) = verdict.ok().and_then(metric) {
            *self.decided.entry(name).or_default() += 1;
        }
        found
    }
}

/// Envoy answers 400 to a request without a host. One is added where the state does not ask for it.
fn name_host(vector: &mut Vector) {
    let Request {
        authority, headers, ..
    } = &mut vector.request;
    let named = authority.is_some()
        || headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"));
    if !named && vector.state.scope.hosts.is_empty() {
        headers.push(("Host".into(), "any.example".into()));
    }
}

/// Compares with what the core says about the vector at some time since `begun`.
fn compare_with_core(
    vector: &Vector,
    rule: &str,
    mut answer: Observed,
    begun: Timestamp,
) -> Vec<String> {
    answer.headers.retain(|(name, _)| name != "rig-path");
    let ended = wall_clock();
    let mut time = begun.as_second() - RENDERED_SINCE;
    loop {
        let found = match judge(vector, Timestamp::from_second(time)) {
            Ok(outcome) => compare(rule, &answer, &outcome, vector),
            Err(error) => vec![error],
        };
        if found.is_empty() || time >= ended.as_second() {
            return found;
        }
        time += 1;
    }
}

fn compare(rule: &str, answer: &Observed, core: &Outcome, vector: &Vector) -> Vec<String> {
    let mut found = Vec::new();
    differ(&mut found, "the core's rule", core.verdict.rule(), rule);
    if !core.answers.is_empty() {
        found.extend(compare_refused(answer, core, &ENVOY_ADDS));
        return found;
    }
    differ(&mut found, "status", &answer.status.to_string(), "200");
    // Envoy and the application agree on an upgrade by themselves.
    let upgrades = vector
        .request
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("upgrade"));
    if !upgrades && !matches!(&*vector.request.method, b"HEAD" | b"CONNECT") {
        let body = String::from_utf8_lossy(&answer.body);
        differ(&mut found, "body", &body, ANSWER);
        compare_pass(&mut found, answer, vector, rule);
    }
    compare_for_caches(&mut found, answer, rule);
    found
}
