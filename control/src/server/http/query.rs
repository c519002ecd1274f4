//! The query of a request: each of its parameters is known, or the request is refused.

use axum::http::{Method, StatusCode, Uri};
use percent_encoding::percent_decode_str;

use crate::server::http::problem::Problem;

/// The parameters of the routes that have some.
const PARAMETERS: [(&str, &[&str]); 2] = [
    ("/v1/export", &["services"]),
    ("/v1/services/{name}/history", &["before"]),
];
/// What nodes poll, by URLs of their operators, which may have a query for other servers.
const POLLED: &str = "/v1/services/{name}/state";

/// The parameters of a query, in their order.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        let decoded = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8_lossy().into_owned()
        };
        let pairs = uri.query().unwrap_or_default().split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self(pairs.collect())
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let mut parameters = self.0.iter();
        let (_, value) = parameters.find(|(known, _)| known == name)?;
        Some(value)
    }
}

/// Refuses a parameter that a request of this route does not have: a slip would be obeyed as if it had not been said.
pub(crate) fn check(method: &Method, route: Option<&str>, uri: &Uri) -> Result<(), Problem> {
    let Some(route) = route.filter(|route| uri.query().is_some() && route.starts_with("/v1/"))
    else {
        return Ok(());
    };
    if route == POLLED && [Method::GET, Method::HEAD].contains(method) {
        return Ok(());
    }
    let mut tables = PARAMETERS.iter();
    let known = tables.find(|(of, _)| *of == route);
    let known = known.map_or(&[][..], |(_, known)| known);
    let Query(parameters) = Query::of(uri);
    for (index, (name, _)) in parameters.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            let known = match known {
                [] => {
                    "this request has none; what a change is to do is said in its body".to_owned()
                }
                known => format!("known here: {}", known.join(", ")),
            };
            return Err(refusal(format!("{name:?} is not a parameter; {known}")));
        }
        if parameters
            .iter()
            .take(index)
            .any(|(other, _)| other == name)
        {
            return Err(refusal(format!("{name} is there twice; give it once")));
        }
    }
    Ok(())
}

/// The problem of a query.
pub(crate) fn refusal(detail: impl Into<String>) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "query",
        "The query cannot be read",
        detail,
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::server::handlers::openapi;

    #[test]
    fn the_parameters_are_those_that_are_described() {
        let document: Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let mut described = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let operations = methods.as_object().unwrap().values();
            let parameters = operations.flat_map(|operation| {
                let parameters = operation["parameters"].as_array();
                parameters.into_iter().flatten()
            });
            let resolved = parameters.map(|parameter| match parameter["$ref"].as_str() {
                Some(place) => document.pointer(place.trim_start_matches('#')).unwrap(),
                None => parameter,
            });
            let of_query = resolved.filter(|parameter| parameter["in"] == "query");
            let names: Vec<_> = of_query
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            if !names.is_empty() {
                described.insert(path.as_str(), names);
            }
        }
        let table = PARAMETERS.iter();
        let table = table.map(|(route, known)| (*route, known.to_vec()));
        assert_eq!(table.collect::<BTreeMap<_, _>>(), described);
    }

    #[test]
    fn a_query_is_decoded() {
        let query = Query::of(&Uri::from_static("/v1/export?&services=shop%2Cpay+a&b"));
        assert_eq!(query.value("services"), Some("shop,pay a"));
        assert_eq!(query.value("b"), Some(""));
        assert_eq!(query.value("c"), None);
    }
}
