/// `Cache-Control` of the response to an allowlisted request, so that a cache gives it to no other client (RFC 9111,
/// section 5.2.2).
pub const FOR_TESTERS_ONLY: &str = "private, no-store";

/// What that response must not have, in lower case: headers that a cache would heed in the place of `Cache-Control`
/// (RFC 9111, section 5.3; RFC 9213; the vendors' own).
pub const NOT_FOR_TESTERS: [&str; 8] = [
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "edge-control",
    "expires",
    "netlify-cdn-cache-control",
    "surrogate-control",
    "vercel-cdn-cache-control",
    "x-accel-expires",
];
