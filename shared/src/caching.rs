/// What the response to an allowlisted request is to say to caches, so that nobody else gets what a tester sees: headers,
/// in lower case, that are set, or removed where there is no value, since a cache would heed them in the place of
/// `Cache-Control` (RFC 9111, section 5.2.2; RFC 9213; the vendors' own).
pub const FOR_TESTERS_ONLY: [(&str, Option<&str>); 9] = [
    ("cache-control", Some("private, no-store")),
    ("cdn-cache-control", None),
    ("cloudflare-cdn-cache-control", None),
    ("edge-control", None),
    ("expires", None),
    ("netlify-cdn-cache-control", None),
    ("surrogate-control", None),
    ("vercel-cdn-cache-control", None),
    ("x-accel-expires", None),
];
