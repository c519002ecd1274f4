use std::fmt;
use std::net::IpAddr;

use intermission_core::without_credentials;
use ureq::http::Uri;

use crate::cli::exit::{Exit, Failure};

/// Where control is.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// Without a slash at its end.
    base: String,
    scheme: String,
    host: String,
    port: u16,
}

impl Server {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let refuse = || {
            let message = format!(
                "{:?} is not where a control can be; write it like http://127.0.0.1:7700",
                without_credentials(text)
            );
            Failure::new(Exit::Usage, message)
        };
        let uri: Uri = text.parse().map_err(|_| refuse())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(refuse());
        };
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return Err(refuse()),
        };
        if uri.query().is_some() || authority.as_str().contains('@') {
            return Err(refuse());
        }
        Ok(Self {
            base: text.trim_end_matches('/').to_owned(),
            scheme: scheme.to_owned(),
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(default_port),
        })
    }

    /// The address of `path` there.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether what is sent can be read on the way.
    pub(crate) fn is_in_clear(&self) -> bool {
        !self.is_https() && self.addresses().is_empty()
    }

    /// The loopback addresses that are meant, as a control writes them; none beyond loopback.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let port = self.port;
        if self.host.eq_ignore_ascii_case("localhost") {
            return vec![format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
        }
        let literal = self.host.trim_start_matches('[').trim_end_matches(']');
        match literal.parse() {
            Ok(IpAddr::V4(ip)) if ip.is_loopback() => vec![format!("{ip}:{port}")],
            Ok(IpAddr::V6(ip)) if ip.is_loopback() => vec![format!("[{ip}]:{port}")],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_by_its_names() {
        for (text, addresses) in [
            ("http://127.0.0.1:7700", &["127.0.0.1:7700"][..]),
            ("http://127.0.0.1:7700/", &["127.0.0.1:7700"]),
            ("http://localhost:1", &["127.0.0.1:1", "[::1]:1"]),
            ("http://[::1]:7700", &["[::1]:7700"]),
            ("http://127.0.0.1", &["127.0.0.1:80"]),
            ("https://control.example", &[]),
            ("http://127.0.0.1.example:7700", &[]),
        ] {
            assert_eq!(
                Server::parse(text).unwrap().addresses(),
                addresses,
                "{text}"
            );
        }
        assert!(
            Server::parse("http://control.example")
                .unwrap()
                .is_in_clear()
        );
        assert!(
            !Server::parse("https://control.example")
                .unwrap()
                .is_in_clear()
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "127.0.0.1:7700",
            "ftp://a",
            "http://",
            "http://me@a",
            "http://a/?b",
        ] {
            assert!(Server::parse(text).is_err(), "{text}");
        }
        let failure = Server::parse("http://me:secret@a").unwrap_err();
        assert!(!failure.message.contains("secret"), "{}", failure.message);
    }
}
