use std::net::IpAddr;

use intermission_core::{AddressSet, Mode, State};

use crate::change::change::Change;

/// Warns an operator whose own address the allowlist does not have.
pub(crate) fn own_address(
    change: &Change,
    after: &State,
    caller: Option<IpAddr>,
) -> Option<String> {
    let caller = caller?.to_canonical();
    let allowlist = &after.allowlist;
    let counts = allowlist.enabled && after.maintenance != Mode::Off;
    // An empty list lets no client pass, for which there is another warning.
    if !counts
        || (allowlist.cidrs.is_empty() && allowlist.passes.is_empty())
        || !matches!(change, Change::Enter(_) | Change::EnableAllowlist)
    {
        return None;
    }
    // Over loopback it came from control's own machine, which does not tell how it reaches the service.
    let known: AddressSet = allowlist.cidrs.iter().copied().collect();
    if caller.is_loopback() || known.contains(caller) {
        return None;
    }
    Some(format!(
        "your own address {caller} is not on the allowlist, you will be refused; to get in: intermission \
         allowlist add {} {caller}",
        after.service
    ))
}
