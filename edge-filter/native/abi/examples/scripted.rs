//! A module for tests, which does what its configuration says.

use intermission_native_abi::{Definitions, Filter, Headers, Level, Purpose, Request, log};

#[derive(Debug)]
struct Scripted(Script);

#[derive(Clone, Copy, Debug)]
enum Script {
    Continue,
    Answer,
    Echo,
    Panic,
}

intermission_native_abi::export!(Scripted);

impl Filter for Scripted {
    type Stream = Stream;

    fn configure(
        configuration: &[u8],
        purpose: Purpose,
        _: &Definitions<'_>,
    ) -> Result<Self, String> {
        let script = match configuration {
            b"continue" => Script::Continue,
            b"answer" => Script::Answer,
            b"echo" => Script::Echo,
            b"panic" => Script::Panic,
            b"validate" if purpose == Purpose::Validate => Script::Continue,
            _ => return Err("scripted: that is no script".into()),
        };
        log(Level::Info, "scripted: configured");
        Ok(Self(script))
    }

    fn begin(&self) -> Stream {
        Stream
    }

    #[allow(clippy::panic, reason = "it is what a test asks for")]
    fn request_headers(&self, _: &mut Stream, request: &mut Request<'_>, is_last: bool) -> Headers {
        match self.0 {
            Script::Continue => Headers::Continue,
            Script::Answer => {
                let headers = [("x-plain", &b"tea"[..]), ("x-odd", b"\xe9")];
                let body = if is_last { b"a request" } else { b"an upload" };
                request.respond(418, headers, body, "scripted");
                Headers::Stop
            }
            Script::Echo => {
                let mut lines = Vec::new();
                for (name, value) in request.headers().iter() {
                    lines.push([name.as_bytes(), b": ", value].concat());
                }
                lines.extend(request.peer().map(<[u8]>::to_vec));
                request.respond(200, [], &lines.join(&b'\n'), "scripted");
                Headers::Stop
            }
            Script::Panic => panic!("as the script says"),
        }
    }
}

/// Says when it ends.
#[derive(Debug)]
struct Stream;

impl Drop for Stream {
    fn drop(&mut self) {
        log(Level::Info, "scripted: a stream has ended");
    }
}
