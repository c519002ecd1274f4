use intermission_core::{PASS_PATH, PASS_PREFIX};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use ureq::http::uri::Authority;

use crate::cli::args::{Format, NewPass, Pass, RevokedPass};
use crate::cli::client::{Client, escaped, service_path};
use crate::cli::commands::testers::ends::{add_end, end};
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Follow, Paint, Report, described, table};
use crate::token::Made;
use crate::values::timestamp::brief_time;
use crate::wire::allowlist::{self, PassList, PassView};
use crate::wire::summary::Outcome;

/// What stands in the link for a host that is not known.
const UNKNOWN_HOST: &str = "HOST";

pub(crate) fn run(client: &Client, command: &Pass, format: Format) -> Result<Report, Failure> {
    match command {
        Pass::Create(options) => create(client, options),
        Pass::List { service } => list(client, service),
        Pass::Revoke(options) => revoke(client, options, format),
    }
}

/// `pass create`: the secret and the link on standard output; the rest beside it.
fn create(client: &Client, options: &NewPass) -> Result<Report, Failure> {
    #[derive(Serialize)]
    struct Created {
        #[serde(flatten)]
        new: allowlist::NewPass,
        link: String,
    }
    let host = options.host.as_deref().map(checked_host).transpose()?;
    let NewPass {
        service,
        name,
        ends,
        making,
        ..
    } = options;
    let mut body = wait::making(making);
    body.insert("name".to_owned(), name.as_str().into());
    add_end(&mut body, ends)?;
    let path = format!("{}/passes", service_path(service));
    let body = Value::Object(body);
    let (now, paint) = (Timestamp::now(), Paint::from_env());
    if making.dry_run {
        let outcome: Outcome = client.post(&path, &body)?;
        let human = described(&outcome, Follow::Alone, paint, now);
        return Report::new(&outcome, human);
    }
    let new: allowlist::NewPass = client.post(&path, &body)?;
    let host = host.or_else(|| only_host(&new.outcome));
    let next = match &host {
        Some(_) => "hand out the link, or the first line for programs",
        None => {
            "put the service's host in place of HOST in the link (--host names it), and hand out the link, or the first \
             line for programs"
        }
    };
    let link = format!(
        "https://{}{PASS_PATH}#{}",
        host.unwrap_or(UNKNOWN_HOST.to_owned()),
        new.pass
    );
    let until = end(new.view.until, now).unwrap_or_else(|| "revoked".to_owned());
    let aside = format!(
        "{}{name}: a pass for {service} until {until}\n  next       {next}; neither is shown again\n             end it: \
         intermission pass revoke {service} {name}\n",
        described(&new.outcome, Follow::Alone, paint, now)
    );
    let human = format!("{}\n{link}\n", new.pass);
    Ok(Report::new(&Created { new, link }, human)?.with_aside(aside))
}

/// `pass list`: one pass on each line.
fn list(client: &Client, service: &str) -> Result<Report, Failure> {
    let list: PassList = client.get(&format!("{}/passes", service_path(service)))?;
    let human = lines(&list.passes, "", Timestamp::now());
    let mut report = Report::new(&list, human)?;
    if !list.enabled && !list.passes.is_empty() {
        report = report.with_aside(format!(
            "{service}: the allowlist is off, so no pass counts; to enable it: intermission allowlist enable {service}\n"
        ));
    }
    Ok(report)
}

/// A line for each pass, after `mark`.
pub(super) fn lines(passes: &[PassView], mark: &str, now: Timestamp) -> String {
    let rows = passes.iter().map(|pass| {
        let made = pass.made.as_ref();
        let made = made.map(|Made { by, at }| format!("made {} by {by}", brief_time(*at)));
        let until = end(pass.until, now).map(|until| format!("until {until}"));
        [
            format!("{mark}{}", pass.name),
            until.unwrap_or_else(|| "no end".to_owned()),
            made.unwrap_or_else(|| "-".to_owned()),
        ]
    });
    table(&rows.collect::<Vec<_>>())
}

fn revoke(client: &Client, options: &RevokedPass, format: Format) -> Result<Report, Failure> {
    let RevokedPass {
        service,
        name,
        making,
        waiting,
    } = options;
    let (body, wait) = wait::asked(making, waiting)?;
    let path = format!("{}/passes/{}", service_path(service), escaped(name));
    let outcome: Outcome = client.delete(&path, &Value::Object(body))?;
    wait::outcome(client, outcome, wait.as_ref(), format)
}

/// A host as a link has it.
fn checked_host(host: &str) -> Result<String, Failure> {
    let is_one = host.parse::<Authority>().is_ok() && !host.contains(['@', '/']);
    if is_one && !host.starts_with(PASS_PREFIX) {
        return Ok(host.to_owned());
    }
    Err(Failure::invalid(format!(
        "nothing was changed: --host {host:?} is not a host; write it like shop.example or shop.example:8443"
    )))
}

/// The host of a service whose scope names one host.
fn only_host(outcome: &Outcome) -> Option<String> {
    match outcome.summary.scope.hosts.as_slice() {
        [host] if !host.starts_with('*') => Some(host.clone()),
        _ => None,
    }
}
