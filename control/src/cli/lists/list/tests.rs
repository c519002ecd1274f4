use super::*;

fn read(text: &str, format: ListFormat, parts: &[&str]) -> Result<List, String> {
    let parts: Vec<_> = parts.iter().map(|part| (*part).to_owned()).collect();
    let list = List::read(text, format, &parts, Width::Usual);
    list.map_err(|Fault { place, reason }| format!("list{place}: {reason}"))
}

#[track_caller]
fn has(list: Result<List, String>, cidrs: &[&str]) {
    let found: Vec<_> = list
        .unwrap()
        .cidrs
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, cidrs);
}

#[test]
fn lines_have_comments_blanks_and_any_ends() {
    let text = "# testers\r\n203.0.113.7\r\n\r\n  2001:db8::/32\t# the office\n\n10.0.0.0/8#x\n   \n192.0.2.1";
    has(
        read(text, ListFormat::Lines, &[]),
        &["203.0.113.7", "2001:db8::/32", "10.0.0.0/8", "192.0.2.1"],
    );
}

#[test]
fn an_entry_is_taken_once_and_one_within_another_is_kept() {
    let text = "10.1.0.0/16\n10.0.0.0/8\n10.1.0.0/16\n::1\n::1/128\n";
    let list = read(text, ListFormat::Lines, &[]).unwrap();
    assert_eq!(
        list.to_string(),
        "3 entries, 2 more were there twice, 1 lie within another and are kept"
    );
    has(Ok(list), &["10.1.0.0/16", "10.0.0.0/8", "::1"]);
}

#[test]
fn what_cannot_be_taken_is_named_with_its_place_and_a_remedy() {
    for (text, said) in [
        (
            "\n# a\n10.0.0.1/8\n",
            "list, line 3: \"10.0.0.1/8\" has bits beyond its prefix; did you mean 10.0.0.0/8?",
        ),
        (
            "192.0.2.1\n0.0.0.0/0 # all\n",
            "list, line 2: 0.0.0.0/0 lets a great part of all addresses pass; if that is meant, add --wide, or \"wide\": \
             true",
        ),
        (
            "# nothing\n\n",
            "list: has no address; to keep all clients out: intermission allowlist disable",
        ),
    ] {
        assert_eq!(read(text, ListFormat::Lines, &[]), Err(said.to_owned()));
    }
    let json = read("{\"prefixes\": []}", ListFormat::Lines, &[]).unwrap_err();
    assert!(
        json.starts_with("list, line 1: ") && json.ends_with("give --format aws, google or github"),
        "{json}"
    );
    assert_eq!(
        read("192.0.2.1", ListFormat::Lines, &["a"]),
        Err("list: has no parts to choose by --part".to_owned())
    );
    let wide = List::read("0.0.0.0/0", ListFormat::Lines, &[], Width::Any);
    assert_eq!(wide.unwrap().cidrs.len(), 1);
}

/// As <https://ip-ranges.amazonaws.com/ip-ranges.json> has it.
const AWS: &str = r#"{
  "syncToken": "1764201187",
  "createDate": "2026-11-26-23-53-07",
  "prefixes": [
    { "ip_prefix": "3.4.12.4/32", "region": "eu-west-1", "service": "AMAZON", "network_border_group": "eu-west-1" },
    { "ip_prefix": "54.183.255.128/26", "region": "us-west-1", "service": "ROUTE53_HEALTHCHECKS", "network_border_group": "us-west-1" },
    { "ip_prefix": "54.228.16.0/26", "region": "eu-west-1", "service": "ROUTE53_HEALTHCHECKS", "network_border_group": "eu-west-1" }
  ],
  "ipv6_prefixes": [
    { "ipv6_prefix": "2600:1f1c:7ff:f800::/53", "region": "us-west-1", "service": "ROUTE53_HEALTHCHECKS", "network_border_group": "us-west-1" }
  ]
}"#;

#[test]
fn of_the_list_of_aws_the_services_that_are_named_are_taken() {
    has(
        read(AWS, ListFormat::Aws, &["ROUTE53_HEALTHCHECKS"]),
        &[
            "54.183.255.128/26",
            "54.228.16.0/26",
            "2600:1f1c:7ff:f800::/53",
        ],
    );
    has(
        read(
            AWS,
            ListFormat::Aws,
            &["ROUTE53_HEALTHCHECKS/eu-west-1", "AMAZON"],
        ),
        &["3.4.12.4", "54.228.16.0/26"],
    );
    assert_eq!(
        read(AWS, ListFormat::Aws, &[]),
        Err(
            "list: has everything that AWS owns; name the services that are meant with --part; there are: AMAZON, \
             ROUTE53_HEALTHCHECKS"
                .to_owned()
        )
    );
    assert_eq!(
        read(AWS, ListFormat::Aws, &["AMAZON", "S4"]),
        Err("list: has no part \"S4\"; there are: AMAZON, ROUTE53_HEALTHCHECKS".to_owned())
    );
}

/// As <https://www.gstatic.com/ipranges/cloud.json> has it.
const CLOUD: &str = r#"{ "syncToken": "1", "creationTime": "2026-11-26T20:05:32.1", "prefixes": [
  { "ipv4Prefix": "34.1.208.0/20", "service": "Google Cloud", "scope": "africa-south1" },
  { "ipv6Prefix": "2600:1900:8000::/44", "service": "Google Cloud", "scope": "africa-south1" },
  { "ipv4Prefix": "34.80.0.0/15", "service": "Google Cloud", "scope": "asia-east1" } ] }"#;

#[test]
fn the_lists_of_google_may_have_parts() {
    has(
        read(CLOUD, ListFormat::Google, &["africa-south1"]),
        &["34.1.208.0/20", "2600:1900:8000::/44"],
    );
    assert_eq!(read(CLOUD, ListFormat::Google, &[]).unwrap().cidrs.len(), 3);
    // As those of its crawlers and https://www.gstatic.com/ipranges/goog.json are.
    let plain = r#"{ "creationTime": "x", "prefixes": [{ "ipv6Prefix": "2001:4860::/32" }, { "ipv4Prefix": "8.8.4.0/24" }] }"#;
    has(
        read(plain, ListFormat::Google, &[]),
        &["8.8.4.0/24", "2001:4860::/32"],
    );
    assert_eq!(
        read(plain, ListFormat::Google, &["asia-east1"]),
        Err("list: has no part \"asia-east1\"; there are none in this list".to_owned())
    );
    let broken = plain.replace("8.8.4.0/24", "8.8.4.1/24");
    assert_eq!(
        read(&broken, ListFormat::Google, &[]),
        Err(
            "list, /prefixes/1/ipv4Prefix: \"8.8.4.1/24\" has bits beyond its prefix; did you mean 8.8.4.0/24?"
                .to_owned()
        )
    );
}

/// As <https://api.github.com/meta> has it.
const META: &str = r#"{ "verifiable_password_authentication": false,
  "ssh_key_fingerprints": { "SHA256_RSA": "uNiVztksCsDhcc0u9e8BgrJXVGDveQh0Ww" },
  "ssh_keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"],
  "hooks": ["192.30.252.0/22", "2a0a:a440::/29"], "web": ["192.30.252.0/22", "20.201.28.151/32"],
  "domains": { "website": ["*.github.com"] } }"#;

#[test]
fn of_the_meta_of_github_the_lists_that_are_named_are_taken() {
    has(
        read(META, ListFormat::Github, &["hooks"]),
        &["192.30.252.0/22", "2a0a:a440::/29"],
    );
    let both = read(META, ListFormat::Github, &["web", "hooks"]).unwrap();
    assert_eq!(both.to_string(), "3 entries, 1 more were there twice");
    for (parts, said) in [
        (
            &[][..],
            "list: has everything that GitHub owns; name the lists that are meant with --part; there are: hooks, web",
        ),
        (
            &["ssh_keys"],
            "list: has no part \"ssh_keys\"; there are: hooks, web",
        ),
    ] {
        assert_eq!(read(META, ListFormat::Github, parts), Err(said.to_owned()));
    }
}

#[test]
fn a_list_of_another_format_is_refused() {
    for format in [ListFormat::Aws, ListFormat::Google] {
        assert_eq!(
            read(META, format, &["hooks"]),
            Err("list: has no list called \"prefixes\", so it is of another --format".to_owned())
        );
    }
    let said = read("192.0.2.1\n", ListFormat::Aws, &["AMAZON"]).unwrap_err();
    assert!(said.starts_with("list, line 1: not JSON: "), "{said}");
}
