use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderMap, HeaderName, HeaderValue};
use intermission_core::{Headers, RequestView};

/// What a browser sends with every navigation.
const HEADERS: [(&str, &str); 8] = [
    ("host", "shop.example"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ),
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ),
    ("accept-language", "de-AT,de;q=0.8,en-US;q=0.5,en;q=0.3"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("referer", "https://shop.example/catalogue/shoes"),
    ("cookie", "session=4f1c0d7e9a5b; theme=dark"),
    ("sec-fetch-mode", "navigate"),
];

/// A request, as a server on `http` types has it.
#[derive(Clone, Debug)]
pub struct Request {
    path: String,
    client: IpAddr,
    headers: HeaderLines,
}

impl Request {
    /// The request of a browser that follows a link to `path`.
    #[must_use]
    pub fn navigation(path: &str) -> Self {
        let header = |(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        Self {
            path: path.into(),
            client: Ipv4Addr::new(198, 51, 100, 7).into(),
            headers: HeaderLines(HEADERS.map(header).into_iter().collect()),
        }
    }

    /// The same path, and nothing else.
    #[must_use]
    pub fn bare(path: &str) -> Self {
        Self {
            headers: HeaderLines(HeaderMap::new()),
            ..Self::navigation(path)
        }
    }

    /// What a script of the same page asks for.
    #[must_use]
    pub fn script(path: &str) -> Self {
        Self::navigation(path)
            .with("accept", "application/json, text/plain, */*")
            .with("sec-fetch-mode", "cors")
    }

    /// The same with this header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self.headers.0.insert(name, value);
        self
    }

    /// The same from another client.
    #[must_use]
    pub fn from(mut self, client: IpAddr) -> Self {
        self.client = client;
        self
    }

    /// The request as the tower layer shows it.
    #[must_use]
    pub fn view(&self) -> RequestView<'_, HeaderLines> {
        RequestView {
            client: Some(self.client),
            ..RequestView::new(b"GET", self.path.as_bytes(), &self.headers)
        }
    }
}

/// Headers as the tower layer shows them.
#[derive(Clone, Debug)]
pub struct HeaderLines(HeaderMap);

impl Headers for HeaderLines {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(line)
    }
}

#[inline]
fn line<'h>((name, value): (&'h HeaderName, &'h HeaderValue)) -> (&'h str, &'h [u8]) {
    (name.as_str(), value.as_bytes())
}
