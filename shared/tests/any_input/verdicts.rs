use intermission_core::{ANSWER_HEADERS, Kind, Peer, Policy, Reason, Verdict};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::config;
use crate::policies::{CLOSED, POLICIES, SHOP_PATH};
use crate::requests::{FORGEABLE, Lines, WEIGHTY, Wire, any_lines, lines, wire};

/// Whether a path is plain, as the rules define it, by searching.
fn naive_plain(path: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(path) else {
        return false;
    };
    let clean = path.starts_with('/')
        && !path.contains(['%', ';', '\\', '#'])
        && !path.chars().any(|c| c.is_control() || !c.is_ascii())
        && !path.contains("//");
    clean && !path.split('/').any(|segment| segment.ends_with(['.', ' ']))
}

fn is_admitted(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Admit(_))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_request_panics_and_no_answer_is_broken(wire in wire(), lines in any_lines()) {
        let view = wire.with(&lines);
        for policy in &*POLICIES {
            let decided = policy.decide(&view).verdict;
            let kinds = match decided {
                Verdict::Refuse(kind) => vec![kind],
                Verdict::Admit(_) => vec![Kind::Page, Kind::Api, Kind::Grpc],
            };
            for kind in kinds {
                let reply = policy.reply(kind, &view, 3);
                prop_assert!(matches!(reply.status(), 200 | 204 | 503));
                prop_assert!(wire.method != b"HEAD" || reply.body().is_empty());
                let headers: Vec<_> = reply.headers().collect();
                for (name, value) in &headers {
                    let clean = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
                    prop_assert!(clean, "{}: {}", name, value.escape_ascii());
                    let times = headers.iter().filter(|(known, _)| known == name).count();
                    prop_assert_eq!(times, 1, "{}", name);
                }
                for name in ["retry-after", "cache-control", "intermission", "vary"] {
                    prop_assert!(headers.iter().any(|(known, _)| *known == name), "{}", name);
                }
            }
        }
    }

    #[test]
    fn only_a_plain_path_is_exempt(wire in wire(), lines in any_lines()) {
        let wire = Wire { client: None, ..wire };
        if CLOSED.decide(&wire.with(&lines)).verdict == Verdict::Admit(Reason::Exempt) {
            let path = wire.path.split(|byte| *byte == b'?').next().unwrap();
            prop_assert!(naive_plain(path), "{}", path.escape_ascii());
            let whole: [&[u8]; 4] = [b"/healthz", b"/livez", b"/readyz", b"/robots.txt"];
            let folders: [&[u8]; 2] = [b"/.well-known/acme-challenge/", b"/grpc.health.v1.Health/"];
            prop_assert!(whole.contains(&path) || folders.iter().any(|folder| path.starts_with(folder)));
        } else {
            prop_assert!(!is_admitted(CLOSED.decide(&wire.with(&lines)).verdict));
        }
    }

    #[test]
    fn a_forgeable_header_changes_only_how_a_request_is_refused(
        wire in wire(), weighty in lines(&WEIGHTY), one in lines(&FORGEABLE), other in lines(&FORGEABLE)
    ) {
        let one = [weighty.clone(), one].concat();
        let other = [weighty, other].concat();
        for policy in &*POLICIES {
            let (one, other) = (policy.decide(&wire.with(&one)).verdict, policy.decide(&wire.with(&other)).verdict);
            prop_assert_eq!(is_admitted(one), is_admitted(other));
        }
    }

    #[test]
    fn a_header_that_vary_does_not_name_changes_nothing_in_an_answer(wire in wire(), lines in any_lines()) {
        let named = |line: &(String, Vec<u8>)| ANSWER_HEADERS.contains(&&*line.0);
        let named: Lines = lines.iter().filter(|line| named(line)).cloned().collect();
        let answer = |policy: &Policy, lines| {
            let view = wire.with(lines);
            let Verdict::Refuse(kind) = policy.decide(&view).verdict else { return None };
            let reply = policy.reply(kind, &view, 3);
            let headers: Vec<_> = reply.headers().map(|(name, value)| (name, value.to_vec())).collect();
            Some((reply.status(), headers, reply.body().to_vec()))
        };
        // A preflight is answered as one by what it asks for.
        if wire.method != b"OPTIONS" {
            for policy in &*POLICIES {
                let (one, other) = (answer(policy, &lines), answer(policy, &named));
                prop_assert!(one.is_none() || other.is_none() || one == other);
            }
        }
    }

    #[test]
    fn no_header_that_is_added_lets_a_refused_request_in(
        wire in wire(), before in any_lines(), added in any_lines()
    ) {
        // A request without a host may get one by a header that is added.
        let mut before = before;
        before.push(("host".into(), b"shop.example".to_vec()));
        let after = [before.clone(), added].concat();
        for policy in &*POLICIES {
            let refused = !is_admitted(policy.decide(&wire.with(&before)).verdict);
            prop_assert!(!refused || !is_admitted(policy.decide(&wire.with(&after)).verdict));
        }
    }

    #[test]
    fn no_spelling_leads_out_of_a_scope(
        letters in vec((any::<bool>(), any::<bool>()), 8),
        fillers in vec(select(vec!["/", "//", "/;a=1/", "/./", "/x/../", "/%2e/", "/x/%2E%2e/", "/;/"]), 2),
        endings in vec(select(vec!["", ".", "%20", "..", ";v=1", "%3bv", ". "]), 2),
        query in select(vec!["", "?x", "?/../blog", "/more", "/"]),
    ) {
        let mut letters = letters.into_iter();
        let mut path = String::new();
        for ((word, filler), ending) in ["shop", "cart"].iter().zip(fillers).zip(endings) {
            path.push_str(filler);
            for (c, (upper, escaped)) in word.chars().zip(letters.by_ref()) {
                let c = if upper { c.to_ascii_uppercase() } else { c };
                if escaped {
                    path.push_str(&format!("%{:02x}", u32::from(c)));
                } else {
                    path.push(c);
                }
            }
            path.push_str(ending);
        }
        path.push_str(query);
        let none = Lines::new();
        let (method, path) = (b"GET".to_vec(), path.into_bytes());
        let wire = Wire { method, path, authority: None, protocol: None, client: None, peer: Peer::Unknown };
        prop_assert!(!is_admitted(SHOP_PATH.decide(&wire.with(&none)).verdict), "{}", wire.path.escape_ascii());
    }

    #[test]
    fn no_client_is_allowlisted_without_a_known_address(wire in wire(), lines in any_lines()) {
        let wire = Wire { client: None, ..wire };
        for policy in &*POLICIES {
            prop_assert_ne!(policy.decide(&wire.with(&lines)).verdict, Verdict::Admit(Reason::Allowlisted));
        }
    }
}
