//! The address of the client, from one configured source.

mod hop_count;
mod source;
mod trusted_proxies;
mod x_forwarded_for;

pub use hop_count::HopCount;
pub use source::ClientSource;
pub use trusted_proxies::TrustedProxies;
