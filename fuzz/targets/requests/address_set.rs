//! An allowlist, compared with one block after the other.
#![no_main]

use std::net::IpAddr;

use intermission_core::{AddressSet, Cidr};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = compare(&mut Unstructured::new(bytes));
});

fn compare(input: &mut Unstructured<'_>) -> Result<()> {
    let count = input.int_in_range(0..=40)?;
    let cidrs = (0..count)
        .map(|_| cidr(input))
        .collect::<Result<Vec<_>>>()?;
    let set: AddressSet = cidrs.iter().copied().collect();
    for _ in 0..16 {
        let near = match input.choose_iter(cidrs.iter()) {
            Ok(cidr) if input.arbitrary()? => {
                [cidr.first(), cidr.last()][usize::from(input.arbitrary::<bool>()?)]
            }
            _ => address(input)?,
        };
        let address = shifted(near, input.int_in_range(-1..=1)?);
        let expected = cidrs.iter().any(|cidr| {
            let (first, last) = (cidr.first(), cidr.last());
            first.is_ipv4() == address.is_ipv4() && (first..=last).contains(&address)
        });
        assert_eq!(set.contains(address), expected, "{address} in {cidrs:?}");
    }
    Ok(())
}

fn cidr(input: &mut Unstructured<'_>) -> Result<Cidr> {
    let address = address(input)?;
    let widest = if address.is_ipv4() { 32 } else { 128 };
    let text = format!("{address}/{}", input.int_in_range(0..=widest)?);
    let canonical = |text: &str| {
        text.parse()
            .or_else(|error: intermission_core::ParseCidrError| error.suggestion().ok_or(()))
    };
    Ok(canonical(&text).unwrap_or(Cidr::from(address)))
}

fn address(input: &mut Unstructured<'_>) -> Result<IpAddr> {
    // Few different bytes, so that blocks overlap.
    let mut byte = || Ok(*input.choose(&[0, 1, 10, 127, 128, 255])?);
    Ok(if byte()? < 100 {
        IpAddr::from([byte()?, byte()?, byte()?, byte()?])
    } else {
        let mut bytes = [0; 16];
        for place in [0, 1, 2, 7, 8, 15] {
            bytes[place] = byte()?;
        }
        IpAddr::from(bytes).to_canonical()
    })
}

/// The address before or after, where there is one.
fn shifted(address: IpAddr, by: i8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            IpAddr::V4(u32::from(address).saturating_add_signed(by.into()).into())
        }
        IpAddr::V6(address) => {
            IpAddr::V6(u128::from(address).saturating_add_signed(by.into()).into())
        }
    }
    .to_canonical()
}
