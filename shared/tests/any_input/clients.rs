use std::net::IpAddr;

use intermission_core::{Cidr, ClientSource, HopCount, Peer, TrustedProxies};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::config;
use crate::requests::{address, any_lines, bytes};

fn trusted() -> TrustedProxies {
    let cidrs: [Cidr; 2] = ["10.0.0.0/8", "2001:db8:10::/48"].map(|cidr| cidr.parse().unwrap());
    TrustedProxies::new(cidrs.into_iter().collect())
}

fn sources() -> [ClientSource; 5] {
    let two = HopCount::new(2.try_into().unwrap());
    [
        ClientSource::HopCount(two.with_trusted_peers(trusted())),
        ClientSource::Peer,
        ClientSource::XForwardedFor(trusted()),
        ClientSource::Forwarded(trusted()),
        ClientSource::Header("x-real-ip".into(), trusted()),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_source_panics_and_none_names_a_trusted_proxy(peer in address(), lines in any_lines()) {
        for source in sources() {
            for peer in [Peer::Address(peer), Peer::Unix, Peer::Unknown] {
                let client = source.resolve(peer, lines.as_slice());
                let proxy = client.is_some_and(|client| {
                    let cidrs: [Cidr; 2] = ["10.0.0.0/8", "2001:db8:10::/48"].map(|cidr| cidr.parse().unwrap());
                    cidrs.iter().any(|cidr| (cidr.first()..=cidr.last()).contains(&client))
                });
                prop_assert!(!proxy || source == ClientSource::Peer, "{:?} {:?}", source, client);
                if client.is_some() {
                    prop_assert_eq!(client, client.map(|client| client.to_canonical()));
                }
            }
        }
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_its_headers_say(v4 in 0x0b00_0000_u32.., lines in any_lines()) {
        let peer = IpAddr::V4(v4.into());
        for source in sources() {
            prop_assert_eq!(source.resolve(Peer::Address(peer), lines.as_slice()), Some(peer));
        }
    }

    #[test]
    fn nothing_that_a_client_sends_outweighs_the_hop_that_the_proxy_appends(
        before in vec(bytes(), 0..3), same_line in bytes(), v4 in 0x0b00_0000_u32..
    ) {
        let proxy = Peer::Address("10.0.0.1".parse().unwrap());
        let hop = IpAddr::V4(v4.into());
        for (name, source, spelled, must_be_known) in [
            ("x-forwarded-for", ClientSource::XForwardedFor(trusted()), [format!("{hop}"), format!("{hop}:80")], true),
            ("forwarded", ClientSource::Forwarded(trusted()), [format!("for={hop}"), format!("for=\"{hop}:80\";proto=\"https\"")], false),
        ] {
            for spelled in spelled {
                let sent = before.iter().map(|value| (name, value.clone()));
                let joined = [same_line.as_slice(), b", ", spelled.as_bytes()].concat();
                let appended: Vec<_> = sent.clone().chain([(name, joined)]).collect();
                let added: Vec<_> = sent.chain([(name, same_line.clone()), (name, spelled.into_bytes())]).collect();
                for lines in [appended, added] {
                    let client = source.resolve(proxy, lines.as_slice());
                    prop_assert!(client == Some(hop) || (client.is_none() && !must_be_known), "{:?}", client);
                }
            }
        }
    }
}
