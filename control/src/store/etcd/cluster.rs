use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use tonic::transport::{Certificate, ClientTlsConfig, Identity, Uri};

use crate::store::error::OpenError;

/// How a cluster of etcd is reached.
#[derive(Clone, Debug)]
pub(crate) struct Cluster {
    pub(crate) members: Vec<MemberUrl>,
    /// The CAs that sign the members' certificates, in a file in PEM.
    pub(crate) authority: Option<PathBuf>,
    /// A certificate, whose common name is the user, and its key, in files in PEM.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
    /// What every key begins with.
    pub(crate) prefix: String,
}

/// The content of the files of a cluster.
#[derive(PartialEq, Eq)]
pub(super) struct Files {
    authority: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

/// The URL at which a member serves clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberUrl(pub(super) String);

impl MemberUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MemberUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse =
            |reason| format!("{text:?} {reason}; write it like https://etcd-1.example:2379");
        let uri: Uri = text.parse().map_err(|_| refuse("is not a URL"))?;
        let host = uri.host().unwrap_or_default();
        if uri.path_and_query().is_some_and(|path| path != "/") {
            return Err(refuse("has a path"));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = host.parse().ok();
        let is_loopback = address.is_some_and(|address: std::net::IpAddr| address.is_loopback());
        match uri.scheme_str() {
            Some("https") if !host.is_empty() => Ok(Self(text.to_owned())),
            Some("http") if is_loopback || host == "localhost" => Ok(Self(text.to_owned())),
            Some("http") => Err(refuse(
                "is not encrypted, so that anyone on the way can change what is in force",
            )),
            _ => Err(refuse("is not a URL of https")),
        }
    }
}

impl Cluster {
    /// What the files have now.
    pub(super) fn read(&self) -> Result<Files, OpenError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| OpenError::Io(path.clone(), error))
        };
        let identity = match &self.identity {
            Some((certificate, key)) => Some((read(certificate)?, read(key)?)),
            None => None,
        };
        Ok(Files {
            authority: self.authority.as_ref().map(read).transpose()?,
            identity,
        })
    }
}

impl Files {
    /// What an encrypted connection to the member at `url` needs.
    pub(super) fn tls(&self, url: &str) -> Result<ClientTlsConfig, OpenError> {
        let authority = self.authority.as_ref().ok_or_else(|| {
            OpenError::Etcd(format!(
                "no CA is named for {url}; name the file with --etcd-ca"
            ))
        })?;
        let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
        if let Some((certificate, key)) = &self.identity {
            tls = tls.identity(Identity::from_pem(certificate, key));
        }
        Ok(tls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_asked_in_clear() {
        for text in [
            "https://etcd-1.example:2379",
            "https://10.0.0.7:2379/",
            "http://127.0.0.1:2379",
            "http://[::1]:2379",
            "http://localhost:2379",
        ] {
            assert_eq!(text.parse(), Ok(MemberUrl(text.to_owned())));
        }
        for text in [
            "etcd-1.example:2379",
            "http://etcd-1.example:2379",
            "http://10.0.0.7:2379",
            "https://etcd.example/v3",
            "unix:///run/etcd",
            "",
        ] {
            let refused = text.parse::<MemberUrl>().unwrap_err();
            assert!(refused.contains("write it like https://"), "{refused}");
        }
    }
}
