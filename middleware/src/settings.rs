use intermission_node::PolicyHandle;

use crate::admission::Admitter;
use crate::http::ClientAddress;
use crate::refusal::Writer;

/// The settings of a layer, which all its services share.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) policy: PolicyHandle,
    pub(crate) client: ClientAddress,
    pub(crate) extensions: bool,
    /// Whether most requests need no closer look while the service is open.
    pub(crate) quick: bool,
    /// The application's function that admits requests.
    pub(crate) admitter: Option<Admitter>,
    /// The application's function for the bodies of refusals.
    pub(crate) writer: Option<Writer>,
}
