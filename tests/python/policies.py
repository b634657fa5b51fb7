"""Loads what `xacct policy` prints into moto, and reads its Terraform. stdin: [{"trust": {FORMAT: TEXT}, "caller": …}]."""

import json
import os
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1"
)

import boto3
import hcl2
from moto import mock_aws

ANYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


def of_terraform(text, kind, member):
    """The resource, and the document in it."""
    resources = {}
    for resource in hcl2.loads(text)["resource"]:
        resources.update(resource)
    (body,) = resources[kind].values()
    code = body[member]
    assert code.startswith("${jsonencode(") and code.endswith(")}"), code
    return body, json.loads(code[len("${jsonencode(") : -len(")}")])


def created(cloudformation, name, text, **parameters):
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=text,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    return stack["Outputs"][0]["OutputValue"]


@mock_aws
def check(given):
    iam, cloudformation = boto3.client("iam"), boto3.client("cloudformation")
    trust, caller = given["trust"], given["caller"]
    document = json.loads(trust["json"])

    role = iam.create_role(RoleName="ByHand", AssumeRolePolicyDocument=trust["json"])["Role"]
    assert role["AssumeRolePolicyDocument"] == document
    # Only this call holds a trust policy to IAM's grammar in moto.
    iam.update_assume_role_policy(RoleName="ByHand", PolicyDocument=trust["json"])
    policy = iam.create_policy(PolicyName="Anything", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    arn = created(cloudformation, "role", trust["cloudformation"], ManagedPolicyArns=policy)
    role = iam.get_role(RoleName=arn.rsplit("/", 1)[1])["Role"]
    assert role["AssumeRolePolicyDocument"] == document
    # moto leaves out what the template attaches to a role.
    properties = json.loads(trust["cloudformation"])["Resources"]["Role"]["Properties"]
    assert properties["ManagedPolicyArns"] == {"Ref": "ManagedPolicyArns"}
    body, read = of_terraform(trust["terraform"], "aws_iam_role", "assume_role_policy")
    assert read == document
    same = [(body["name"], role["RoleName"]), (body["path"], role["Path"])]
    same += [(body["max_session_duration"], role["MaxSessionDuration"])]
    assert all(one == other for one, other in same), same

    iam.create_user(UserName="you")
    iam.put_user_policy(UserName="you", PolicyName="Assume", PolicyDocument=caller["json"])
    read_back = iam.get_user_policy(UserName="you", PolicyName="Assume")["PolicyDocument"]
    assert read_back == json.loads(caller["json"])
    arn = created(cloudformation, "policy", caller["cloudformation"], UserName="you")
    attached = iam.list_attached_user_policies(UserName="you")["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [arn]
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert version["Document"] == json.loads(caller["json"])
    body, read = of_terraform(caller["terraform"], "aws_iam_policy", "policy")
    assert read == json.loads(caller["json"])
    assert body["name"] == attached[0]["PolicyName"], (body, attached)
    print(role["RoleName"], role["Path"], role["MaxSessionDuration"])


for given in json.load(sys.stdin):
    check(given)
