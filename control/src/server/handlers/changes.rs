use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use intermission_core::{Field, FieldError};

use crate::change::{Change, Declarations, Enter, Width};
use crate::registry::{ChangeError, ChangeRequest, Target};
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::{JsonRequest, LargeRequest, PathName};
use crate::server::http::problem::Problem;
use crate::values::members::{below, flag, optional, text, texts, whole_number};
use crate::wire::summary::Outcomes;

/// What is asked by name alone, with a few words beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    Enter,
    Exit,
    EnableAllowlist,
    DisableAllowlist,
}

/// `POST /v1/services/{name}/…`: an action for one service.
pub(crate) fn one(action: Action) -> MethodRouter<Arc<App>> {
    post(
        async move |State(app), PathName(name), order: JsonRequest| {
            let asked = asked(action, order, &[])?;
            make(app, name, asked).await
        },
    )
}

/// `POST /v1/services/{name}/rollback`: what was in force at `revision`, as a new revision.
pub(crate) async fn rollback(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    order: JsonRequest,
) -> Answer {
    let body = order.body();
    let revision = whole_number(&body.required("revision")?)?;
    let width = Width::read(&body)?;
    let service = name.clone();
    let state = Arc::clone(&app)
        .blocking(move |registry| registry.state_at(&service, revision.into()))
        .await?;
    let change = Change::Rollback(Box::new(state), width);
    let asked = order.asked(change, &["revision", "wait", "wide"])?;
    make(app, name, asked).await
}

/// `POST /v1/changes`: one action for several services, all or none. All are those that the token is for.
pub(crate) async fn several(
    State(app): State<Arc<App>>,
    caller: Caller,
    order: JsonRequest,
) -> Answer {
    refuse_condition(&order)?;
    let body = order.body();
    let target = target(&body, &caller)?;
    let are_named = matches!(target, Target::Named(_));
    let action = match optional(&body, "action", text)?.as_deref() {
        Some("enter") => Action::Enter,
        Some("exit") => Action::Exit,
        Some("allowlist enable") => Action::EnableAllowlist,
        Some("allowlist disable") => Action::DisableAllowlist,
        given => {
            let found = given.map_or_else(
                || "is missing".to_owned(),
                |text| format!("{text:?} is not known"),
            );
            let known = "enter, exit, allowlist enable, allowlist disable";
            return Err(FieldError::new("/action", format!("{found}; known here: {known}")).into());
        }
    };
    let asked = asked(action, order, &["services", "all", "action"])?;
    let services = Arc::clone(&app)
        .blocking(move |registry| registry.change(&target, &asked))
        .await?;
    let mut outcomes = Outcomes::new(services);
    if !are_named {
        outcomes.left_out = app.registry.memory().facts().left_out_by(caller.grant());
    }
    json(StatusCode::OK, &outcomes)
}

/// `POST /v1/apply`: what a file says of several services, all or none.
pub(crate) async fn apply(
    State(app): State<Arc<App>>,
    caller: Caller,
    LargeRequest(order): LargeRequest,
) -> Answer {
    refuse_condition(&order)?;
    let body = order.body();
    // Before the rest is read, which takes its time.
    let names = body.required("services")?.object()?.keys().cloned();
    let target = caller.target(Some(names.collect()))?;
    let declared = Declarations::read(&body)?;
    if declared.creates() {
        caller.check_adds()?;
    }
    let known = [&Declarations::FIELDS[..], &["wait"]].concat();
    let asked = order.asked(Change::Apply(declared), &known)?;
    let services = app
        .blocking(move |registry| registry.change(&target, &asked).map_err(in_file))
        .await?;
    json(StatusCode::OK, &Outcomes::new(services))
}

/// Why a file is not applied. A service that is not there has its place in the file.
fn in_file(error: ChangeError) -> Problem {
    match &error {
        ChangeError::Unknown { service, .. } => {
            let pointer = below("/services", service);
            Problem::from(error).at(&pointer)
        }
        _ => error.into(),
    }
}

/// Refuses a condition on a change of several services.
fn refuse_condition(order: &JsonRequest) -> Result<(), FieldError> {
    let reason = "If-Match names one service's state; change services one by one, or leave it out";
    let is_said = order.expected.is_some();
    is_said
        .then(|| FieldError::new("", reason))
        .map_or(Ok(()), Err)
}

/// Makes a change of one service, and answers with what became of it.
pub(crate) async fn make(app: Arc<App>, name: String, asked: ChangeRequest) -> Answer {
    let target = Target::Named(vec![name]);
    let outcomes = app
        .blocking(move |registry| registry.change(&target, &asked))
        .await?;
    let outcome = outcomes
        .first()
        .ok_or_else(|| Problem::internal("no outcome"))?;
    json(StatusCode::OK, outcome)
}

fn asked(action: Action, order: JsonRequest, more: &[&str]) -> Result<ChangeRequest, FieldError> {
    let body = order.body();
    let mut known = [more, &["wait"]].concat();
    let change = match action {
        Action::Enter => {
            known.extend(Enter::FIELDS);
            Change::Enter(Enter::read(&body)?)
        }
        Action::Exit => Change::Exit,
        Action::EnableAllowlist => Change::EnableAllowlist,
        Action::DisableAllowlist => Change::DisableAllowlist,
    };
    order.asked(change, &known)
}

/// Which services: some by name, or all that the caller's token is for, but never all by mistake.
fn target(body: &Field<'_>, caller: &Caller) -> Result<Target, Problem> {
    let services = optional(body, "services", texts)?;
    match (services, optional(body, "all", flag)?) {
        (Some(services), None | Some(false)) if !services.is_empty() => {
            caller.target(Some(services))
        }
        (None, Some(true)) => caller.target(None),
        _ => Err(Problem::from(FieldError::new(
            "/services",
            "name services, as in {\"services\": [\"shop\"]}, or say {\"all\": true}, and not both",
        ))),
    }
}
