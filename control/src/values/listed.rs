/// How many names are said.
const NAMED: usize = 10;

/// The first names, and how many there are beside them.
pub(crate) fn listed<T: ToString>(names: &[T]) -> String {
    let first = names.iter().take(NAMED).map(ToString::to_string);
    let first = first.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_the_first_are_said() {
        let names: Vec<String> = (1..=12).map(|number| format!("n{number}")).collect();
        assert_eq!(listed(&names[..2]), "n1, n2");
        assert_eq!(
            listed(&names[..10]),
            "n1, n2, n3, n4, n5, n6, n7, n8, n9, n10"
        );
        let cut = "n1, n2, n3, n4, n5, n6, n7, n8, n9, n10 and 2 more";
        assert_eq!(listed(&names), cut);
    }
}
