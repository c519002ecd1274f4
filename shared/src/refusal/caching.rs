/// The `Cache-Control` of the response to an allowlisted request, so that a cache gives it to no other client (RFC 9111,
/// section 5.2.2).
pub const FOR_TESTERS_ONLY: &str = "private, no-store";

/// Headers that must not be in that response, in lower case, because a cache would use them instead of `Cache-Control`
/// (RFC 9111, section 5.3; RFC 9213; documentation of the vendors).
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
