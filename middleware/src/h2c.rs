//! The upgrade to HTTP/2 on the same connection, which no node hands on in maintenance.

use http::header::{CONNECTION, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue};
use intermission_core::asks_for_h2c;

use crate::view::HeaderLines;

const SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

/// Takes `Upgrade: h2c` and what goes with it out of the headers of an admitted request, as Envoy does: an application that
/// followed it would take requests that no layer sees.
pub(crate) fn decline(headers: &mut HeaderMap) {
    if !asks_for_h2c(&HeaderLines::new(headers)) {
        return;
    }
    headers.remove(UPGRADE);
    headers.remove(SETTINGS);
    let goes_with_it = |option: &&[u8]| {
        option.eq_ignore_ascii_case(b"upgrade") || option.eq_ignore_ascii_case(b"http2-settings")
    };
    let lines = headers.get_all(CONNECTION).into_iter();
    let options = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let options = options.map(<[u8]>::trim_ascii);
    let kept: Vec<_> = options.filter(|option| !goes_with_it(option)).collect();
    match HeaderValue::from_bytes(&kept.join(b", ".as_slice())) {
        Ok(kept) if !kept.is_empty() => {
            headers.insert(CONNECTION, kept);
        }
        _ => {
            headers.remove(CONNECTION);
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
    fn another_upgrade_stays_as_it_is() {
        let websocket = [("connection", "Upgrade"), ("upgrade", "websocket")];
        assert_eq!(declined(&websocket).len(), 2);
        assert_eq!(declined(&[("upgrade", "h2c, websocket")]).len(), 1);
    }
}
