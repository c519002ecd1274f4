use intermission_core::{Kind, Policy, RequestView, State};
use jiff::Timestamp;

use crate::cli::{NoticeKind, Preview};
use crate::client::Client;
use crate::commands::rendered::Rendered;
use crate::exit::Failure;
use crate::moment::to_core;
use crate::output::Report;

/// `preview`: the body on standard output, so that `> page.html` makes a page; the rest beside it.
pub(super) fn run(client: &Client, options: &Preview) -> Result<Report, Failure> {
    let document = client.state(&options.service)?;
    let state = State::parse(&document.bytes).map_err(Failure::failed)?;
    let policy = Policy::compile(&state, to_core(Timestamp::now()));
    let (kind, content_type) = match options.kind {
        NoticeKind::Page => (Kind::Page, None),
        NoticeKind::Api => (Kind::Api, None),
        NoticeKind::Grpc => (Kind::Grpc, Some(("content-type", "application/grpc"))),
    };
    let language = options
        .language
        .as_deref()
        .map(|language| ("accept-language", language));
    let headers: Vec<_> = [content_type, language].into_iter().flatten().collect();
    let request = RequestView {
        method: b"GET",
        path: b"/",
        authority: None,
        client: None,
        headers: headers.as_slice(),
    };
    let rendered = Rendered::of(&policy.reply(kind, &request));
    let mut body = rendered.body().to_owned();
    if !body.is_empty() && !body.ends_with('\n') {
        body.push('\n');
    }
    let head = rendered.head();
    Ok(Report::new(&rendered, body)?.with_aside(format!("{head}\n")))
}
