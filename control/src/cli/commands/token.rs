use serde_json::{Value, json};

use crate::cli::args::{DryRun, NewToken, Token};
use crate::cli::client::{Client, escaped};
use crate::cli::commands::wait;
use crate::cli::exit::Failure;
use crate::cli::terminal::{Paint, Report};
use crate::token::{Grant, Made, Role};
use crate::values::timestamp::brief_time;
use crate::wire::summary;
use crate::wire::summary::{Grants, Revocation};

pub(crate) fn run(client: &Client, command: &Token) -> Result<Report, Failure> {
    match command {
        Token::Create(options) => create(client, options),
        Token::List => list(client),
        Token::Revoke { name, dry } => revoke(client, name, dry),
    }
}

/// `token create`: the token alone on standard output, so that `$(…)` has it; the rest beside it.
fn create(client: &Client, options: &NewToken) -> Result<Report, Failure> {
    // The endpoint takes null for none, and no empty list.
    let services = Some(&options.services).filter(|services| !services.is_empty());
    let mut body = wait::done(&options.dry);
    body.extend([
        ("name".to_owned(), json!(options.name)),
        ("role".to_owned(), json!(options.role)),
        ("services".to_owned(), json!(services)),
        ("nodes".to_owned(), json!(options.nodes)),
        ("max_polls".to_owned(), json!(options.max_polls)),
        ("max_members".to_owned(), json!(options.max_members)),
    ]);
    let body = Value::Object(body);
    if options.dry.dry_run {
        let unmade: summary::Unmade = client.post("/v1/tokens", &body)?;
        let human = format!(
            "{}: dry run, nothing was changed; it would be a token for {}\n",
            options.name,
            scope(&unmade.grant)
        );
        return Report::new(&unmade, human);
    }
    let made: summary::NewToken = client.post("/v1/tokens", &body)?;
    let name = &made.grant.name;
    let aside = format!(
        "{name}: a token for {}\n  next       keep it, as it is not shown again; end it: intermission token revoke {name}\n",
        scope(&made.grant)
    );
    let human = format!("{}\n", made.token);
    Ok(Report::new(&made, human)?.with_aside(aside))
}

fn list(client: &Client) -> Result<Report, Failure> {
    let list: Grants = client.get("/v1/tokens")?;
    let names = list.tokens.iter().map(|grant| grant.name.len());
    let (width, paint) = (names.max().unwrap_or_default(), Paint::from_env());
    let line = |grant| one_line(grant, width, paint);
    let human = list.tokens.iter().map(line).collect();
    Report::new(&list, human)
}

fn revoke(client: &Client, name: &str, dry: &DryRun) -> Result<Report, Failure> {
    let path = format!("/v1/tokens/{}/revoke", escaped(name));
    let body = Value::Object(wait::done(dry));
    let revocation: Revocation = client.post(&path, &body)?;
    let human = match &revocation.grant.revoked {
        Some(Made { by, at }) if !revocation.changed => {
            let at = brief_time(*at);
            format!("{name}: nothing changed: it was revoked by {by} at {at}\n")
        }
        _ if revocation.dry_run => {
            format!("{name}: dry run, nothing was changed; it would be revoked\n")
        }
        _ => format!(
            "{name}: revoked; polls of it that are held may yet end by themselves, within a minute\n"
        ),
    };
    Report::new(&revocation, human)
}

fn one_line(grant: &Grant, width: usize, paint: Paint) -> String {
    let Made { by, at } = &grant.created;
    let revoked = grant.revoked.as_ref().map(|Made { by, at }| {
        let at = brief_time(*at);
        paint.warn(&format!("  REVOKED {at} by {by}"))
    });
    format!(
        "{:width$}  {:8}  made {} by {by}{}{}\n",
        grant.name,
        grant.role.as_str(),
        brief_time(*at),
        bounds(grant),
        revoked.unwrap_or_default(),
    )
}

/// What a token may do, in words.
fn scope(grant: &Grant) -> String {
    let services = grant.services.join(", ");
    match grant.role {
        Role::Node => format!("nodes{}", bounds(grant)),
        Role::Operator if grant.is_bound() => {
            format!("an operator, who may change and see {services} and nothing else")
        }
        Role::Operator => "an operator, who may do everything".to_owned(),
        Role::Viewer if grant.is_bound() => {
            format!("a viewer, who sees what is in force for {services}")
        }
        Role::Viewer => "a viewer, who sees what is in force".to_owned(),
    }
}

/// What a token is bound to.
fn bounds(grant: &Grant) -> String {
    let services = match grant.services.as_slice() {
        [] => "all".to_owned(),
        services => services.join(","),
    };
    match (grant.role, grant.is_bound()) {
        (Role::Node, _) => {}
        (_, true) => return format!("  services {services}"),
        (_, false) => return String::new(),
    }
    let Grant {
        nodes,
        max_polls,
        max_members,
        ..
    } = grant;
    format!(
        "  services {services}  nodes {nodes}  at most {max_polls} polls, {max_members} members"
    )
}
