use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::cli::args::{Enter, Format, Making, Rollback, Services, Switch};
use crate::cli::client::{Client, service_path};
use crate::cli::commands::check::Checks;
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Follow, Paint, Report, described};
use crate::values::duration::{Limit, ParseDurationError};
use crate::values::timestamp::read_time as read;
use crate::wire::summary::{Outcome, Outcomes};
use crate::wire::wait::Wait;

/// `enter`: only what is named is sent, so that a repetition touches nothing else.
pub(crate) fn enter(
    client: &Client,
    options: &Enter,
    checks: Checks,
    format: Format,
) -> Result<Report, Failure> {
    let until = options.until.as_deref().map(read_time).transpose()?;
    options.limit.as_deref().map(check_limit).transpose()?;
    let named = [
        ("message", options.message.as_deref().map(Value::from)),
        ("until", until),
        ("for", options.limit.as_deref().map(Value::from)),
        ("retry_after", options.retry_after.map(Value::from)),
        ("mode", options.writes_only.then(|| "writes".into())),
        ("allowlist", options.allowlist.then(|| true.into())),
    ];
    let named = named
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let (mut body, wait) = wait::asked(&options.making, &options.waiting)?;
    body.extend(named);
    let outcomes = change(client, "enter", &options.services, body)?;
    // Of several services an address does not tell which one it is of.
    let revision = match outcomes.services.as_slice() {
        [outcome] => Some(outcome.summary.revision),
        _ => None,
    };
    let report = report(client, outcomes, wait.as_ref(), format)?;
    checks.follow(report, revision)
}

/// `exit`, `allowlist enable` and `allowlist disable`: one change of all services, or of none.
pub(crate) fn switch(
    client: &Client,
    action: &str,
    options: &Switch,
    format: Format,
) -> Result<Report, Failure> {
    let Switch {
        services,
        waiting,
        making,
    } = options;
    let (body, wait) = wait::asked(making, waiting)?;
    let outcomes = change(client, action, services, body)?;
    report(client, outcomes, wait.as_ref(), format)
}

/// `rollback`.
pub(crate) fn rollback(
    client: &Client,
    options: &Rollback,
    format: Format,
) -> Result<Report, Failure> {
    let (mut body, wait) = wait::asked(&options.making, &options.waiting)?;
    body.insert("revision".to_owned(), options.revision.into());
    body.insert("wide".to_owned(), options.wide.into());
    let path = format!("{}/rollback", service_path(&options.service));
    let outcome: Outcome = client.post(&path, &Value::Object(body))?;
    let outcomes = Outcomes::new(vec![outcome]);
    report(client, outcomes, wait.as_ref(), format)
}

/// `store adopt`: every service gets a new revision.
pub(crate) fn adopt(client: &Client, making: &Making) -> Result<Report, Failure> {
    let body = Value::Object(wait::making(making));
    let outcomes: Outcomes = client.post("/v1/store/adopt", &body)?;
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let human = blocks(&outcomes, Follow::Alone, paint, now);
    Report::new(&outcomes, human)
}

fn change(
    client: &Client,
    action: &str,
    services: &Services,
    mut body: Map<String, Value>,
) -> Result<Outcomes, Failure> {
    body.insert("action".into(), action.into());
    if services.all {
        body.insert("all".into(), true.into());
    } else {
        body.insert("services".into(), json!(services.services));
    }
    client.post("/v1/changes", &Value::Object(body))
}

/// What became of each service, and of the waits that were asked for.
fn report(
    client: &Client,
    outcomes: Outcomes,
    wait: Option<&Wait>,
    format: Format,
) -> Result<Report, Failure> {
    let (paint, now) = (Paint::from_env(), Timestamp::now());
    let human = blocks(&outcomes, Follow::MayBeAwaited, paint, now);
    match wait {
        Some(wait) => wait::follow(client, outcomes, &human, wait, format),
        None => Report::new(&outcomes, human),
    }
}

/// A block for each service, and which services there are beside.
fn blocks(outcomes: &Outcomes, follow: Follow, paint: Paint, now: Timestamp) -> String {
    let blocks = outcomes.services.iter();
    let blocks = blocks.map(|outcome| described(outcome, follow, paint, now));
    let left_out = outcomes.left_out.join(", ");
    let left_out = Some(left_out).filter(|names| !names.is_empty());
    let left_out = left_out.map(|names| {
        let left_out = format!("left out: {names}; the token is for other services");
        format!("{}\n", paint.warn(&left_out))
    });
    let blocks: Vec<_> = blocks.chain(left_out).collect();
    blocks.join("\n")
}

/// The end as the endpoint takes it, which is null for none.
fn read_time(text: &str) -> Result<Value, Failure> {
    if text == "none" {
        return Ok(Value::Null);
    }
    let time = read(text).map_err(|error| {
        Failure::invalid(format!(
            "nothing was changed: --until {error}; none takes the announced end back"
        ))
    })?;
    Ok(time.to_string().into())
}

/// Refuses, in the command line's words, what control would refuse in those of its interface.
fn check_limit(text: &str) -> Result<Limit, Failure> {
    text.parse().map_err(|error: ParseDurationError| {
        Failure::invalid(format!("nothing was changed: --for {error}"))
    })
}
