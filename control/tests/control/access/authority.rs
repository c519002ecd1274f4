use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use intermission_testkit::control::{Answer, Ask, Home};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A private CA.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        Self::until(name, None)
    }

    /// One whose certificate ends in so many days.
    pub(crate) fn until(name: &str, days: Option<i64>) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        end(&mut params, days);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    /// Its certificate as a file, for clients that are to trust it.
    pub(crate) fn file(&self, home: &Home) -> String {
        let path = home.path().join("ca.pem");
        fs::write(&path, self.issuer.pem()).unwrap();
        path.display().to_string()
    }

    /// Puts a certificate for these names where control looks, and returns the options for it.
    pub(crate) fn certify(&self, home: &Home, names: &[&str]) -> [String; 4] {
        self.certify_until(home, names, None)
    }

    /// The same for one that ends in so many days.
    pub(crate) fn certify_until(
        &self,
        home: &Home,
        names: &[&str],
        days: Option<i64>,
    ) -> [String; 4] {
        let key = KeyPair::generate().unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        end(&mut params, days);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let [chain, secret] = files(home);
        fs::write(&chain, certificate.pem()).unwrap();
        fs::write(&secret, key.serialize_pem()).unwrap();
        let [chain, secret] = [chain, secret].map(|path| path.display().to_string());
        [
            "--tls-cert".to_owned(),
            chain,
            "--tls-key".to_owned(),
            secret,
        ]
    }

    /// Asks the control at `address`, as a client that trusts this CA and expects `name`.
    pub(crate) fn ask(&self, address: &str, name: &str, ask: &Ask) -> std::io::Result<Answer> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = name.to_owned().try_into().unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let tcp = TcpStream::connect(address)?;
        tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        ask.send_over(StreamOwned::new(client, tcp), address)
    }
}

/// Has a certificate end at midnight after so many days.
fn end(params: &mut CertificateParams, days: Option<i64>) {
    if let Some(days) = days {
        let ends = ends_in(days);
        let [month, day] = [ends.month(), ends.day()].map(|number| u8::try_from(number).unwrap());
        params.not_after = date_time_ymd(ends.year().into(), month, day);
    }
}

/// The day in so many days.
fn ends_in(days: i64) -> Date {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.checked_add(days.days()).unwrap()
}

/// The end of a certificate that ends in so many days, in seconds since the epoch.
pub(crate) fn end_in(days: i64) -> i64 {
    let ends = ends_in(days).to_zoned(TimeZone::UTC).unwrap();
    ends.timestamp().as_second()
}

/// Where control looks for its certificate and its key.
pub(crate) fn files(home: &Home) -> [PathBuf; 2] {
    ["control.pem", "control.key"].map(|name| home.path().join(name))
}
