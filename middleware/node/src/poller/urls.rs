/// One URL, or those of all replicas of one control: a `&str`, a `String`, or an array, a slice or a `Vec` of them.
///
/// See [`Poller::new`](crate::Poller::new).
pub trait IntoEndpoints: sealed::Urls {}

impl<T: sealed::Urls> IntoEndpoints for T {}

mod sealed {
    pub trait Urls {
        fn urls(self) -> Vec<String>;
    }

    impl Urls for &str {
        fn urls(self) -> Vec<String> {
            vec![self.to_owned()]
        }
    }

    impl Urls for String {
        fn urls(self) -> Vec<String> {
            vec![self]
        }
    }

    impl Urls for &String {
        fn urls(self) -> Vec<String> {
            vec![self.clone()]
        }
    }

    impl<T: AsRef<str>> Urls for &[T] {
        fn urls(self) -> Vec<String> {
            self.iter().map(|url| url.as_ref().to_owned()).collect()
        }
    }

    impl<T: AsRef<str>, const COUNT: usize> Urls for [T; COUNT] {
        fn urls(self) -> Vec<String> {
            self.as_slice().urls()
        }
    }

    impl<T: AsRef<str>> Urls for Vec<T> {
        fn urls(self) -> Vec<String> {
            self.as_slice().urls()
        }
    }

    impl<T: AsRef<str>> Urls for &Vec<T> {
        fn urls(self) -> Vec<String> {
            self.as_slice().urls()
        }
    }
}
