use std::net::IpAddr;

use intermission_core::{AddressSet, Mode, State};

use crate::change::change::Change;

/// That the allowlist keeps out whoever counts on it.
pub(crate) fn own_address(
    change: &Change,
    after: &State,
    caller: Option<IpAddr>,
) -> Option<String> {
    let caller = caller?.to_canonical();
    let allowlist = &after.allowlist;
    let counts = allowlist.enabled && after.maintenance != Mode::Off;
    // Where the list is empty nobody passes, which is said elsewhere.
    if !counts
        || allowlist.cidrs.is_empty()
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
