//! Terraform's language, as `terraform fmt` would leave it.

use super::hcl::{quoted, value};
use crate::policy::Tree;

#[test]
fn texts_are_quoted_so_that_nothing_in_them_counts() {
    for (text, wanted) in [
        ("plain", r#""plain""#),
        (r#"a"b\c"#, r#""a\"b\\c""#),
        ("a\nb\t", r#""a\nb\t""#),
        ("${x} %{y} $x 5%", r#""$${x} %%{y} $x 5%""#),
    ] {
        assert_eq!(quoted(text), wanted);
    }
}

#[test]
fn runs_of_short_lines_are_aligned() {
    let tree = Tree::object([
        ("Sid", Tree::text("x")),
        ("Effect", Tree::text("Allow")),
        (
            "Condition",
            Tree::object([
                ("sts:ExternalId", Tree::Number(1)),
                ("A", Tree::List(vec![])),
            ]),
        ),
        ("Action", Tree::one_or_many(["a", "b"])),
        (
            "List",
            Tree::List(vec![Tree::object([("B", Tree::one_or_many(["c"]))])]),
        ),
    ]);
    let wanted = r#"{
  Sid    = "x"
  Effect = "Allow"
  Condition = {
    "sts:ExternalId" = 1
    A                = []
  }
  Action = ["a", "b"]
  List = [
    {
      B = "c"
    },
  ]
}"#;
    assert_eq!(value(&tree, 0), wanted);
}
