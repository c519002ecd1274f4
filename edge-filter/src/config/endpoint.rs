use intermission_core::{Field, FieldError};
use intermission_edge::{header_text, header_value, one_or_several, state_path, token};

use crate::config::Authorization;

/// The endpoint of the polls, or its replicas in several clusters.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) clusters: Vec<String>,
    /// The authority, if it is not the name of the cluster.
    pub(crate) authority: Option<String>,
    pub(crate) path: String,
    pub(crate) authorization: Option<Authorization>,
}

impl Endpoint {
    pub(super) fn read(
        root: &Field<'_>,
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, FieldError> {
        let clusters = one_or_several(&root.required("cluster")?, "clusters", header_value)?;
        let path = state_path(root)?;
        Ok(Self {
            authority: root
                .member("authority")
                .map(|field| header_text(&field))
                .transpose()?,
            clusters,
            path,
            authorization: token(root, variable, NO_VARIABLE)?
                .map(|token| Authorization::of_token(&token)),
        })
    }

    /// The cluster at this place of the configuration.
    pub(crate) fn cluster(&self, place: usize) -> &str {
        self.clusters.get(place).map_or("", String::as_str)
    }

    /// The beginning of the keys in shared data, which VMs with the same endpoint share. A filter of an earlier version makes
    /// the same one for a single cluster.
    pub(crate) fn key(&self) -> String {
        let mut key = String::from("intermission ");
        for cluster in &self.clusters {
            key += cluster;
            key += " ";
        }
        key += self.authority.as_deref().unwrap_or(self.cluster(0));
        key += &self.path;
        key + " "
    }
}

/// Why a variable may be missing.
const NO_VARIABLE: &str = "names a variable that this VM does not have; list it in vm_config.environment_variables, and \
                           set it where Envoy is started";
