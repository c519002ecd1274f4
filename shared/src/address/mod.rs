//! Addresses of the network, blocks of them, and sets.

mod cidr;
mod parse;
mod set;

pub use cidr::{Cidr, ParseCidrError};
pub use parse::parse_address;
pub use set::AddressSet;
