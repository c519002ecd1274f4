use intermission_testkit::control::Home;

use crate::access::authority::{Authority, end_in};
use crate::replicas::encrypted::etcd;

#[test]
fn certificates_towards_etcd_that_end_soon_are_named() {
    let authority = Authority::until("etcd", Some(25));
    let of_etcd = Home::new();
    let (_etcd, url) = etcd(&of_etcd, &authority, Some(10));
    let home = Home::new();
    let ca = authority.file(&home);
    let names = ["control.example"];
    let [_, certificate, _, key] = authority.certify_until(&home, &names, Some(400));
    let options = [
        "--etcd",
        &url,
        "--etcd-ca",
        &ca,
        "--etcd-cert",
        &certificate,
        "--etcd-key",
        &key,
    ];
    let control = home.start_on("127.0.0.1:0", &options);
    let metrics = || String::from_utf8(control.get("/metrics").body).unwrap();
    for (certificate, days) in [(&url, 10), (&ca, 25), (&certificate, 400)] {
        let (name, end) = ("certificate_expiration_timestamp_seconds", end_in(days));
        let line = format!("intermission_control_{name}{{certificate=\"{certificate}\"}} {end}\n");
        control.until(|| metrics().contains(&line));
    }
    control.until(|| home.log().matches("a certificate ends soon").count() == 2);
    let log = home.log();
    let named = |certificate: &str| {
        let mut lines = log.lines().filter(|line| line.contains("ends soon"));
        lines.any(|line| line.contains(certificate))
    };
    assert!(named(&url) && named(&ca) && !named(&certificate), "{log}");
}
