//! The upgrade to HTTP/2 on the same connection, which no node hands on in maintenance.

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};
use intermission_core::is_h2c;

const SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Takes `h2c` and what goes with it out of the headers of an admitted request: an application that followed it would take
/// requests that no layer sees.
///
/// Other protocols that the request asks for stay.
pub(crate) fn decline(headers: &mut HeaderMap) {
    if !members(headers, &UPGRADE).any(is_h2c) {
        return;
    }
    keep(headers, UPGRADE, |protocol| !is_h2c(protocol));
    headers.remove(SETTINGS);
    let upgrades = headers.contains_key(UPGRADE);
    keep(headers, CONNECTION, |option| {
        let goes_with_it = option.eq_ignore_ascii_case(b"http2-settings")
            || (!upgrades && option.eq_ignore_ascii_case(b"upgrade"));
        !goes_with_it
    });
}

/// The members of a list over all lines of the header.
fn members<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).into_iter();
    let members = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    members.map(<[u8]>::trim_ascii)
}

/// Keeps some members of a list, and the header where there are any.
fn keep(headers: &mut HeaderMap, name: HeaderName, is_kept: impl Fn(&[u8]) -> bool) {
    let members = members(headers, &name).filter(|member| !member.is_empty());
    let kept: Vec<_> = members.filter(|member| is_kept(member)).collect();
    match HeaderValue::from_bytes(&kept.join(b", ".as_slice())) {
        Ok(kept) if !kept.is_empty() => {
            headers.insert(name, kept);
        }
        _ => {
            headers.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declined(lines: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let lines = lines.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let mut headers: HeaderMap = lines.collect();
        decline(&mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    #[test]
    fn h2c_is_taken_out_with_its_settings_and_its_connection_options() {
        let java = [
            ("host", "shop.example"),
            ("connection", "Upgrade, HTTP2-Settings"),
            ("upgrade", "h2c"),
            ("http2-settings", "AAEAAEAA"),
        ];
        assert_eq!(declined(&java), [("host".into(), "shop.example".into())]);
        let kept = [
            ("connection", "keep-alive, upgrade"),
            ("upgrade", "H2C"),
            ("connection", "x-hop"),
        ];
        assert_eq!(
            declined(&kept),
            [("connection".into(), "keep-alive, x-hop".into())]
        );
    }

    #[test]
    fn another_upgrade_stays() {
        let websocket = [("connection", "Upgrade"), ("upgrade", "websocket")];
        assert_eq!(
            declined(&websocket),
            websocket.map(|(name, value)| (name.into(), value.into()))
        );
    }

    #[test]
    fn h2c_is_taken_out_from_among_other_protocols() {
        let websocket = [
            ("connection".to_owned(), "Upgrade".to_owned()),
            ("upgrade".to_owned(), "websocket".to_owned()),
        ];
        for upgrade in [
            &["h2c, websocket"][..],
            &["websocket,H2C"],
            &["h2c", "websocket"],
            &["websocket", "h2c"],
            &["h2c, h2c", "websocket"],
        ] {
            let mut lines = vec![
                ("connection", "Upgrade, HTTP2-Settings"),
                ("http2-settings", "AAEAAEAA"),
            ];
            lines.extend(upgrade.iter().map(|line| ("upgrade", *line)));
            let mut left = declined(&lines);
            left.sort();
            assert_eq!(left, websocket, "{upgrade:?}");
        }
        for upgrade in [&["h2c", "h2c"][..], &["h2c,"], &["h2c/2"]] {
            let lines = upgrade.iter().map(|line| ("upgrade", *line));
            let lines: Vec<_> = lines.chain([("connection", "upgrade")]).collect();
            assert_eq!(declined(&lines), [], "{upgrade:?}");
        }
    }
}
