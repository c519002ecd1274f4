use intermission_core::{Field, FieldError};

use crate::config::fields::header_text;
use crate::config::token::Authorization;

/// The endpoint of the polls.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) cluster: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) authorization: Option<Authorization>,
}

impl Endpoint {
    pub(super) fn read(
        root: &Field<'_>,
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, FieldError> {
        let cluster = header_text(&root.required("cluster")?)?;
        let path = root.required("path")?;
        if !path.text()?.starts_with('/') {
            return Err(
                path.refuse("does not begin with a slash; write it like /v1/services/shop/state")
            );
        }
        Ok(Self {
            authority: root
                .member("authority")
                .map_or(Ok(cluster.clone()), |field| header_text(&field))?,
            cluster,
            path: header_text(&path)?,
            authorization: Authorization::read(root, variable)?,
        })
    }
}
