//! A notice in a browser, which gets it as from a node.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli::commands::rendered::Rendered;
use crate::cli::exit::Failure;
use crate::cli::terminal::Report;

/// Serves what `reply` makes of an `Accept-Language`, and opens it; until the command is ended.
pub(crate) fn show(reply: &dyn Fn(Option<&str>) -> Rendered) -> Result<Report, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Failure::failed)?;
    let url = format!(
        "http://{}/",
        listener.local_addr().map_err(Failure::failed)?
    );
    let opener = std::env::var("BROWSER").unwrap_or_else(|_| {
        let usual = if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        };
        usual.to_owned()
    });
    let mut browser = Command::new(&opener);
    browser
        .arg(&url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let opened = match browser.spawn() {
        Ok(_) => String::new(),
        Err(error) => format!(" ({opener} does not start: {error})"),
    };
    println!("the notice is at {url} until you press Ctrl-C{opened}");
    for connection in listener.incoming() {
        // A browser that goes away does not matter.
        let _ = connection.and_then(|connection| answer(&connection, reply));
    }
    Err(Failure::failed("nothing can be served any more"))
}

/// Answers one request, and hangs up.
fn answer(
    mut connection: &TcpStream,
    reply: &dyn Fn(Option<&str>) -> Rendered,
) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_millis(200)))?;
    let mut language = None;
    let mut is_head = false;
    for line in BufReader::new(connection).lines() {
        let line = line?;
        is_head |= line.starts_with("HEAD ");
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("accept-language") => {
                language = Some(value.trim().to_owned());
            }
            None if line.is_empty() => break,
            _ => {}
        }
    }
    let rendered = reply(language.as_deref());
    let body = rendered.body();
    let head = rendered
        .head()
        .replacen("HTTP ", "HTTP/1.1 ", 1)
        // The phrase may be missing, the space before it may not.
        .replacen('\n', " \n", 1)
        .replace('\n', "\r\n");
    let length = body.len();
    write!(
        connection,
        "{head}content-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    if is_head {
        Ok(())
    } else {
        connection.write_all(body.as_bytes())
    }
}
