//! Templates for `CloudFormation`. They are JSON, which it takes as well as YAML.

use super::{name_and_path, policy_name};
use crate::policy::{Hop, Tree};

/// The role with its trust policy; what it may do is a parameter.
pub(super) fn role(hop: &Hop<'_>, document: &Tree) -> Tree {
    let (name, path) = name_and_path(hop);
    let parameters = Tree::object([
        (
            "RoleName",
            parameter("String", "The role's name", Some(name)),
        ),
        (
            "ManagedPolicyArns",
            parameter(
                "CommaDelimitedList",
                "What the role may do: ARNs of managed policies",
                None,
            ),
        ),
    ]);
    let properties = Tree::object([
        ("RoleName", reference("RoleName")),
        ("Path", Tree::text(path)),
        (
            "MaxSessionDuration",
            Tree::Number(hop.max_session_duration()),
        ),
        ("ManagedPolicyArns", reference("ManagedPolicyArns")),
        ("AssumeRolePolicyDocument", document.clone()),
    ]);
    let arn = Tree::object([(
        "Fn::GetAtt",
        Tree::List(vec![Tree::text("Role"), Tree::text("Arn")]),
    )]);
    Tree::object([
        ("AWSTemplateFormatVersion", Tree::text("2010-09-09")),
        (
            "Description",
            Tree::text(format!(
                "{name} in account {}, and whom it trusts",
                hop.arn.account_id
            )),
        ),
        ("Parameters", parameters),
        (
            "Resources",
            Tree::object([("Role", resource("AWS::IAM::Role", properties))]),
        ),
        (
            "Outputs",
            Tree::object([("RoleArn", Tree::object([("Value", arn)]))]),
        ),
    ])
}

/// The policy, with the user or role that gets it.
pub(super) fn caller_policy(hop: &Hop<'_>, document: &Tree) -> Tree {
    let names = [
        ("UserName", "HasUser", "Users", "user"),
        ("RoleName", "HasRole", "Roles", "role"),
    ];
    let parameters = names.map(|(name, _, _, who)| {
        (
            name,
            parameter(
                "String",
                &format!("The {who} that may assume the role, or nothing"),
                Some(""),
            ),
        )
    });
    let conditions = names.map(|(name, condition, _, _)| {
        let is_empty = function("Fn::Equals", vec![reference(name), Tree::text("")]);
        (condition, function("Fn::Not", vec![is_empty]))
    });
    let [users, roles] = names.map(|(name, condition, property, _)| {
        let given = Tree::List(vec![reference(name)]);
        (
            property,
            function(
                "Fn::If",
                vec![Tree::text(condition), given, reference("AWS::NoValue")],
            ),
        )
    });
    let properties = Tree::object([
        ("ManagedPolicyName", Tree::text(policy_name(hop))),
        users,
        roles,
        ("PolicyDocument", document.clone()),
    ]);
    let about = format!(
        "Lets a user or a role of this account assume {}",
        hop.role.role_arn
    );
    Tree::object([
        ("AWSTemplateFormatVersion", Tree::text("2010-09-09")),
        ("Description", Tree::text(about)),
        ("Parameters", Tree::object(parameters)),
        ("Conditions", Tree::object(conditions)),
        (
            "Resources",
            Tree::object([("Policy", resource("AWS::IAM::ManagedPolicy", properties))]),
        ),
        (
            "Outputs",
            Tree::object([("PolicyArn", Tree::object([("Value", reference("Policy"))]))]),
        ),
    ])
}

fn parameter(kind: &str, about: &str, default: Option<&str>) -> Tree {
    let mut members = vec![
        ("Type".to_owned(), Tree::text(kind)),
        ("Description".to_owned(), Tree::text(about)),
    ];
    members.extend(default.map(|text| ("Default".to_owned(), Tree::text(text))));
    Tree::Object(members)
}

fn reference(name: &str) -> Tree {
    Tree::object([("Ref", Tree::text(name))])
}

fn function(name: &str, arguments: Vec<Tree>) -> Tree {
    Tree::object([(name, Tree::List(arguments))])
}

fn resource(kind: &str, properties: Tree) -> Tree {
    Tree::object([("Type", Tree::text(kind)), ("Properties", properties)])
}
