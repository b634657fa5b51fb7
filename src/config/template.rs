//! Text with places in braces, such as `xacct-{user}`. Which places there are, what may stand
//! around them and what they are filled with is the business of whoever has such a text.

/// A text, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template<T>(pub(super) Vec<Part<T>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<T> {
    Text(String),
    Place(T),
}

impl<T> Template<T> {
    /// `wrong` says what is wrong with a character that cannot stand in the text, `place` knows a
    /// place by its name, and `shown` lists the places.
    ///
    /// Errors: what is wrong with the template, and what may stand there.
    pub(super) fn parse(
        template: &str,
        shown: &str,
        wrong: impl Fn(char) -> Option<String>,
        place: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Template<T>, String> {
        let (mut parts, mut rest) = (Vec::new(), template);
        loop {
            let end = rest.find(['{', '}']).unwrap_or(rest.len());
            let (text, from) = rest.split_at(end);
            // The braces are looked at first: what stands before them may be fine without them.
            let inner = match from.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                None if !from.is_empty() => {
                    return Err(format!(
                        "a '{{' or '}}' stands alone; in braces there can be {shown}"
                    ));
                }
                inner => inner,
            };
            if let Some(why) = text.chars().find_map(&wrong) {
                return Err(why);
            }
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            let Some((name, behind)) = inner else {
                return Ok(Template(parts));
            };
            parts.push(Part::Place(place(name)?));
            rest = behind;
        }
    }
}
