//! IP addresses, blocks of addresses, and sets of blocks.

mod cidr;
mod parse;
mod set;

pub use cidr::{Cidr, ParseCidrError};
pub(crate) use parse::is_port;
pub use parse::parse_address;
pub use set::AddressSet;
