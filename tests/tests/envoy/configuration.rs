//! What `envoy --mode validate` says about a plugin configuration.

use intermission_testkit::envoy::Version;

const EXAMPLE: &str = include_str!("../../../examples/envoy/envoy.yaml");

#[test]
fn a_bad_plugin_configuration_is_refused_by_the_name_of_its_key() {
    for (text, bad, complaint) in [
        (
            r#""interval": 0.5"#,
            r#""intervall": 0.5"#,
            "/intervall: is not known",
        ),
        (
            r#""interval": 0.5"#,
            r#""interval": 0"#,
            "/interval: is too short",
        ),
        (r#""interval": 0.5"#, r#""node": "an edge""#, "/node: "),
        (
            r#""interval": 0.5"#,
            r#""client": { "source": "leftmost" }"#,
            "/client/source: ",
        ),
        (
            r#""path": "/v1/services/shop/state","#,
            "",
            "/path: is missing",
        ),
        (
            "google.protobuf.StringValue\n",
            "google.protobuf.Struct\n",
            "the plugin configuration, a JSON object in a google.protobuf.StringValue, is refused",
        ),
    ] {
        assert!(EXAMPLE.contains(text), "{text}");
        let yaml = EXAMPLE.replace(text, bad);
        // A Struct has members, not text.
        let yaml = if bad.contains("Struct") {
            yaml.replace("value: |", "value:")
        } else {
            yaml
        };
        for version in [Version::Newest, Version::Oldest] {
            let said = version.validate(&yaml).unwrap_err();
            assert!(said.contains(complaint), "{version:?} says {said}");
        }
    }
    Version::Newest.validate(EXAMPLE).unwrap();
}
