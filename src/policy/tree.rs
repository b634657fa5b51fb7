//! A document as a value: texts, numbers, lists, and objects that keep their order, which JSON and
//! HCL both have.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq};

/// A value of JSON, as far as policies and templates need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Text(String),
    Number(u32),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn text(text: impl Into<String>) -> Tree {
        Tree::Text(text.into())
    }

    pub(crate) fn object<const N: usize>(members: [(&str, Tree); N]) -> Tree {
        Tree::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// One text as it is, several as a list: how AWS writes actions.
    pub(crate) fn one_or_many<'t>(texts: impl IntoIterator<Item = &'t str>) -> Tree {
        let mut texts: Vec<Tree> = texts.into_iter().map(Tree::text).collect();
        if texts.len() == 1 {
            texts.remove(0)
        } else {
            Tree::List(texts)
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Tree::Text(text) => serializer.serialize_str(text),
            Tree::Number(number) => serializer.serialize_u32(*number),
            Tree::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| list.serialize_element(item))?;
                list.end()
            }
            Tree::Object(members) => {
                let mut object = serializer.serialize_map(Some(members.len()))?;
                members
                    .iter()
                    .try_for_each(|(name, value)| object.serialize_entry(name, value))?;
                object.end()
            }
        }
    }
}
