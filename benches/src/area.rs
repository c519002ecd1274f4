/// Paths of an interface, as an operator lists them.
const API_PATHS: [&str; 30] = [
    "/api/v1/accounts",
    "/api/v1/baskets",
    "/api/v1/catalogue",
    "/api/v1/customers",
    "/api/v1/deliveries",
    "/api/v1/invoices",
    "/api/v1/orders",
    "/api/v1/payments",
    "/api/v1/products",
    "/api/v1/refunds",
    "/api/v1/returns",
    "/api/v1/search",
    "/api/v1/sessions",
    "/api/v1/suppliers",
    "/api/v1/warehouses",
    "/api/v2/baskets",
    "/api/v2/orders",
    "/api/v2/products",
    "/api/v2/search",
    "/admin/api",
    "/auth/token",
    "/callbacks/payment",
    "/events",
    "/feeds/products",
    "/graphql",
    "/internal/metrics",
    "/mobile/v3",
    "/partners/export",
    "/rpc",
    "/webhooks",
];

/// A page's address of 60 bytes, under none of them.
pub const PAGE: &str = "/catalogue/womens-shoes/running/trail-runner-3-gtx-black-42a";

/// A call's of 60 bytes, under one of them.
pub const CALL: &str = "/api/v1/warehouses/0192f7c1-8d5e-7a4b-9c3d-2e1f0a9b8c7d/item";

/// So many paths of an interface.
#[must_use]
pub fn api_paths(count: usize) -> Vec<String> {
    let paths = API_PATHS.iter().cycle().zip(0..count);
    let numbered = |(path, number): (&&str, usize)| match number / API_PATHS.len() {
        0 => (*path).to_owned(),
        round => format!("{path}-{round}"),
    };
    paths.map(numbered).collect()
}
