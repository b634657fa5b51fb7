//! Resources for Terraform, and for `OpenTofu`, which reads the same.

use super::hcl::{assignments, indent, quoted, value};
use super::{name_and_path, policy_name};
use crate::policy::{Hop, Tree};

/// The role with its trust policy; what it may do is for those who create it to say.
pub(super) fn role(hop: &Hop<'_>, document: &Tree, label: &str) -> String {
    let label = &identifier(label);
    let (name, path) = name_and_path(hop);
    let about = format!(
        "# {name} in account {}, and whom it trusts. Its permissions are yours to set.\n",
        hop.arn.account_id
    );
    let variable = block(
        "variable \"managed_policy_arns\"",
        &[
            (
                "description",
                quoted("What the role may do: ARNs of managed policies"),
            ),
            ("type", "set(string)".to_owned()),
        ],
    );
    let plain = [
        ("name", quoted(name)),
        ("path", quoted(path)),
        (
            "max_session_duration",
            hop.max_session_duration().to_string(),
        ),
    ];
    let resource = with_document(
        &format!("resource \"aws_iam_role\" \"{label}\""),
        &plain,
        "assume_role_policy",
        document,
    );
    let attachment = block(
        &format!("resource \"aws_iam_role_policy_attachment\" \"{label}\""),
        &[
            ("for_each", "var.managed_policy_arns".to_owned()),
            ("role", format!("aws_iam_role.{label}.name")),
            ("policy_arn", "each.value".to_owned()),
        ],
    );
    let output = block(
        "output \"role_arn\"",
        &[("value", format!("aws_iam_role.{label}.arn"))],
    );
    [about + &variable, resource, attachment, output].join("\n")
}

/// The policy, with the users and roles that get it.
pub(super) fn caller_policy(hop: &Hop<'_>, document: &Tree, label: &str) -> String {
    let label = &identifier(label);
    let about = format!(
        "# Lets users and roles of this account assume {}.\n",
        hop.role.role_arn
    );
    let plain = [("name", quoted(&policy_name(hop)))];
    let resource = with_document(
        &format!("resource \"aws_iam_policy\" \"{label}\""),
        &plain,
        "policy",
        document,
    );
    [
        about + &variable("user_names", "users"),
        variable("role_names", "roles"),
        resource,
        attachment("user", label),
        attachment("role", label),
    ]
    .join("\n")
}

fn variable(name: &str, who: &str) -> String {
    block(
        &format!("variable \"{name}\""),
        &[
            (
                "description",
                quoted(&format!("The {who} that may assume the role, by name")),
            ),
            ("type", "set(string)".to_owned()),
            ("default", "[]".to_owned()),
        ],
    )
}

fn attachment(kind: &str, label: &str) -> String {
    block(
        &format!("resource \"aws_iam_{kind}_policy_attachment\" \"{label}\""),
        &[
            ("for_each", format!("var.{kind}_names")),
            (kind, "each.value".to_owned()),
            ("policy_arn", format!("aws_iam_policy.{label}.arn")),
        ],
    )
}

fn block(head: &str, members: &[(&str, String)]) -> String {
    let members: Vec<(String, String)> = members
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    format!("{head} {{\n{}}}\n", assignments(&members, 1))
}

/// A block that ends with the document.
fn with_document(head: &str, members: &[(&str, String)], name: &str, document: &Tree) -> String {
    let block = block(head, members);
    let open = block.trim_end_matches("}\n");
    format!(
        "{open}\n{}{name} = jsonencode({})\n}}\n",
        indent(1),
        value(document, 1)
    )
}

/// A name that Terraform takes.
fn identifier(label: &str) -> String {
    let mut name: String = label
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}
