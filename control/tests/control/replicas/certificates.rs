use std::fs;

use intermission_testkit::control::Home;
use serde_json::json;

use crate::access::authority::{Authority, end_in, files};
use crate::replicas::encrypted::Encrypted;

#[test]
fn certificates_towards_etcd_that_end_soon_are_named() {
    let authority = Authority::until("etcd", Some(25));
    let of_etcd = Home::new();
    let etcd = Encrypted::start(&of_etcd, &authority, Some(10));
    let url = &etcd.url;
    let home = Home::new();
    let ca = authority.file(&home);
    let names = ["control.example"];
    let [_, certificate, _, key] = authority.certify_until(&home, &names, Some(400));
    let options = [
        "--etcd",
        url,
        "--etcd-ca",
        &ca,
        "--etcd-cert",
        &certificate,
        "--etcd-key",
        &key,
    ];
    let control = home.start_with(&options);
    let metrics = || String::from_utf8(control.get("/metrics").body).unwrap();
    for (certificate, days) in [(url, 10), (&ca, 25), (&certificate, 400)] {
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
    assert!(named(url) && named(&ca) && !named(&certificate), "{log}");
}

#[test]
fn certificates_towards_etcd_that_are_replaced_are_used_without_a_restart() {
    let (of_etcd, first) = (Home::new(), Authority::new("first"));
    let mut etcd = Encrypted::start(&of_etcd, &first, None);
    let home = Home::new();
    let ca = first.file(&home);
    let names = ["control.example"];
    let [_, certificate, _, key] = first.certify_until(&home, &names, Some(400));
    let options = [
        "--etcd",
        &etcd.url,
        "--etcd-ca",
        &ca,
        "--etcd-cert",
        &certificate,
        "--etcd-key",
        &key,
    ];
    let control = home.start_with(&options);
    control.add("shop");
    let metrics = || String::from_utf8(control.get("/metrics").body).unwrap();
    let ends = |days: i64| {
        let (name, end) = ("certificate_expiration_timestamp_seconds", end_in(days));
        format!("intermission_control_{name}{{certificate=\"{certificate}\"}} {end}\n")
    };
    control.until(|| metrics().contains(&ends(400)));
    // A certificate whose key has not come yet is not used.
    let [_, secret] = files(&home);
    let key_before = fs::read(&secret).unwrap();
    let second = Authority::new("second");
    second.certify_until(&home, &names, Some(500));
    let key_after = fs::read(&secret).unwrap();
    fs::write(&secret, key_before).unwrap();
    let unusable = "the new certificates for etcd cannot be used";
    control.until(|| home.log().contains(unusable));
    fs::write(&secret, key_after).unwrap();
    second.file(&home);
    control.until(|| home.log().contains("took over new certificates for etcd"));
    etcd.restart(&of_etcd, &second);
    control.until(|| {
        let entered = control.post("/v1/services/shop/enter", &json!({}));
        entered.status == 200
    });
    control.until(|| metrics().contains(&ends(500)));
}
