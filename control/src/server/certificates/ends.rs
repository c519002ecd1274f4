use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use x509_parser::parse_x509_certificate;

/// When each certificate in a text in PEM ends; one that cannot be read has no end.
pub(super) fn of_pem(pem: &[u8]) -> Vec<Timestamp> {
    let certificates = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
    certificates.filter_map(|found| of(&found)).collect()
}

/// When a certificate ends.
pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, parsed) = parse_x509_certificate(certificate).ok()?;
    Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn each_certificate_of_a_chain_has_its_end() {
        let pem = |year| {
            let mut params = CertificateParams::new(["control.example".to_owned()]).unwrap();
            params.not_after = date_time_ymd(year, 2, 28);
            let key = KeyPair::generate().unwrap();
            params.self_signed(&key).unwrap().pem()
        };
        let chain = [pem(2031), pem(2055)].concat();
        let ends: Vec<_> = of_pem(chain.as_bytes())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(ends, ["2031-02-28T00:00:00Z", "2055-02-28T00:00:00Z"]);
        assert_eq!(of_pem(b"no certificate"), []);
    }
}
