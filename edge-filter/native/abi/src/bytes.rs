use std::marker::PhantomData;
use std::ptr;

/// Bytes as the ABI passes them in both directions: where they are, and how many.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Bytes<'b> {
    data: *const u8,
    length: usize,
    borrowed: PhantomData<&'b [u8]>,
}

impl<'b> Bytes<'b> {
    pub(crate) fn of(bytes: &'b [u8]) -> Self {
        Self {
            data: bytes.as_ptr(),
            length: bytes.len(),
            borrowed: PhantomData,
        }
    }

    /// None at all, which is not the same as an empty value.
    pub(crate) fn absent() -> Self {
        Self {
            data: ptr::null(),
            length: 0,
            borrowed: PhantomData,
        }
    }

    /// The bytes.
    ///
    /// # Safety
    ///
    /// They are what Envoy says, and stay so for `'b`.
    pub(crate) unsafe fn get(self) -> &'b [u8] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: the caller promises it.
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }
}

/// The name and the value of a header, in both directions.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Pair<'b> {
    name: Bytes<'b>,
    value: Bytes<'b>,
}

impl<'b> Pair<'b> {
    pub(crate) fn new(name: &'b str, value: &'b [u8]) -> Self {
        Self {
            name: Bytes::of(name.as_bytes()),
            value: Bytes::of(value),
        }
    }

    /// A place for one that Envoy is to write.
    pub(crate) fn absent() -> Self {
        let (name, value) = (Bytes::absent(), Bytes::absent());
        Self { name, value }
    }

    /// The name and the value.
    ///
    /// # Safety
    ///
    /// As [`Bytes::get`].
    pub(crate) unsafe fn get(self) -> (&'b [u8], &'b [u8]) {
        // SAFETY: the caller promises it.
        unsafe { (self.name.get(), self.value.get()) }
    }
}

#[cfg(test)]
mod tests {
    use std::mem::{offset_of, size_of};

    use super::*;

    #[test]
    fn the_layout_is_that_of_the_header() {
        let word = size_of::<usize>();
        assert_eq!(offset_of!(Bytes<'_>, length), word);
        assert_eq!(size_of::<Bytes<'_>>(), 2 * word);
        assert_eq!(offset_of!(Pair<'_>, value), 2 * word);
        assert_eq!(size_of::<Pair<'_>>(), 4 * word);
    }

    #[test]
    fn absent_bytes_are_read_as_empty() {
        // SAFETY: there are none.
        assert_eq!(unsafe { Bytes::absent().get() }, b"");
        let here = Bytes::of(b"here");
        // SAFETY: they are static.
        assert_eq!(unsafe { here.get() }, b"here");
    }
}
