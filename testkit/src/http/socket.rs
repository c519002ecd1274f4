use tokio::io::{AsyncRead, AsyncWrite};

/// A connection of any kind.
pub trait Socket: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + ?Sized> Socket for T {}
