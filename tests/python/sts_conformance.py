"""The sandbox's STS as boto3 and the AWS CLI see it: independent clients, exact answers.

Runs inside a sandbox (`xacct sandbox -- python sts_conformance.py`, or with the environment that `xacct sandbox serve`
prints). Prints one line for each check that fails, and a summary; exits 0 when all hold.
"""

import json
import os
import subprocess
import sys
import urllib.parse
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

SANDBOX = os.environ["XACCT_SANDBOX"]
MFA = "arn:aws:iam::111111111111:mfa/you"
YOU = "arn:aws:iam::111111111111:user/you"
KEY, SECRET = "AKIARTXV5AHDTEST2YOU", "NotASecret/xacct/sandbox/hub/you/EXAMPLE"
CLIENT1 = "arn:aws:iam::222222222222:role/PartnerAdmin"
CLIENT2 = "arn:aws:iam::333333333333:role/partners/Operations"
CLIENT3 = "arn:aws:iam::444444444444:role/LongRunning"
INNER = "arn:aws:iam::444444444444:role/Inner"

failures = []
checks = 0


def check(what, actual, expected):
    global checks
    checks += 1
    if actual != expected:
        failures.append(f"{what}:\n  expected {expected!r}\n  got      {actual!r}")


def control(method, name, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{SANDBOX}/_sandbox/{name}", data=data, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return json.load(answer)


def fresh():
    """A code that was never used; moves the MFA clock on."""
    offset = control("GET", "clock")["mfa_offset_seconds"] + 30
    control("POST", "clock", {"mfa_offset_seconds": offset})
    return control("GET", "code?" + urllib.parse.urlencode({"device": MFA, "fresh": 1}))["code"]


def client(key, region="eu-central-1"):
    return boto3.client(
        "sts",
        endpoint_url=SANDBOX,
        region_name=region,
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        aws_session_token=key[2],
        # What the client would refuse itself is to reach the server, once.
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def key_of(answer):
    credentials = answer["Credentials"]
    return (credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


def call(key, action, params, region="eu-central-1"):
    """(status, code, message) of a refusal; (200, None, the answer) of a result."""
    try:
        return (200, None, client(key, region)._make_api_call(action, dict(params)))
    except ClientError as error:
        said = error.response["Error"]
        return (error.response["ResponseMetadata"]["HTTPStatusCode"], said["Code"], said["Message"])


def role(arn, **params):
    return {"RoleArn": arn, "RoleSessionName": "conformance", **params}


def denied(caller, arn, action="AssumeRole"):
    return (403, "AccessDenied", f"User: {caller} is not authorized to perform: sts:{action} on resource: {arn}")


def invalid(text):
    return (400, "ValidationError", text)


def constraint(field, value, rule):
    return invalid(
        f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must {rule}"
    )


def results():
    user = (KEY, SECRET, None)
    identity = client(user).get_caller_identity()
    check("identity of a user", (identity["Account"], identity["Arn"]), ("111111111111", YOU))

    answer = client(user).assume_role(**role(CLIENT1, ExternalId="client1-7731", SourceIdentity="you"))
    check(
        "assumed role",
        (answer["AssumedRoleUser"]["Arn"], answer["SourceIdentity"], len(key_of(answer)[0])),
        ("arn:aws:sts::222222222222:assumed-role/PartnerAdmin/conformance", "you", 20),
    )
    first = key_of(answer)
    check("its identity", client(first).get_caller_identity()["UserId"], answer["AssumedRoleUser"]["AssumedRoleId"])

    session = key_of(client(user).get_session_token(SerialNumber=MFA, TokenCode=fresh()))
    check("identity of a session", client(session).get_caller_identity()["Arn"], YOU)
    operations = key_of(client(session).assume_role(**role(CLIENT2, ExternalId="client2-8842")))
    check(
        "a path is lost in the session's ARN",
        client(operations).get_caller_identity()["Arn"],
        "arn:aws:sts::333333333333:assumed-role/Operations/conformance",
    )
    check("a chain", call(operations, "AssumeRole", role(INNER, DurationSeconds=3600))[0], 200)
    long = client(user).assume_role(
        **role(CLIENT3, DurationSeconds=43200, SerialNumber=MFA, TokenCode=fresh())
    )
    now = long["ResponseMetadata"]["HTTPHeaders"]["date"]
    check("twelve hours", (long["Credentials"]["Expiration"].tzinfo is not None, now.endswith("GMT")), (True, True))
    tagged = client(user).assume_role(
        **role(
            CLIENT1,
            ExternalId="client1-7731",
            Tags=[{"Key": "Team", "Value": "red"}],
            TransitiveTagKeys=["Team"],
            PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
            Policy=json.dumps({"Version": "2012-10-17", "Statement": []}),
        )
    )
    check("a size in percent", tagged["PackedPolicySize"], 5)
    return user, session, first, operations


def refusals(user, session, first, operations):
    used = fresh()
    check("a code", call(user, "GetSessionToken", {"SerialNumber": MFA, "TokenCode": used})[0], 200)
    wrong = "000000" if fresh() != "000000" else "000001"
    unknown = (403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    mismatch = (
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
        "Access Key and signing method. Consult the service documentation for details.",
    )
    bad_code = (403, "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    bad_device = (
        403,
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
        "valid and associated with this user.",
    )
    one_of_two = (
        403,
        "AccessDenied",
        "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    )
    no_session = (403, "AccessDenied", "Cannot call GetSessionToken with session credentials")
    chained = invalid(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )
    disabled = (
        403,
        "RegionDisabledException",
        "STS is not activated in this region for account:111111111111. Your account administrator can activate STS "
        "in this region using the IAM Console.",
    )
    right = {"ExternalId": "client1-7731"}
    inner_session = "arn:aws:sts::222222222222:assumed-role/PartnerAdmin/conformance"
    table = [
        # The keys.
        ("an unknown key", "GetCallerIdentity", {}, ("AKIANOBODYNOBODYNOBO", SECRET, None), unknown),
        ("an inactive key", "GetCallerIdentity", {},
         ("AKIARTXV5AHDTESTIDLE", "NotASecret/xacct/sandbox/hub/old/EXAMPLE", None), unknown),
        ("a wrong secret", "GetCallerIdentity", {}, (KEY, SECRET[::-1], None), mismatch),
        ("a session without its token", "GetCallerIdentity", {}, (session[0], session[1], None), unknown),
        ("a session with another's token", "GetCallerIdentity", {}, (session[0], session[1], first[2]), unknown),
        # Trust.
        ("no external id", "AssumeRole", role(CLIENT1), user, denied(YOU, CLIENT1)),
        ("a wrong external id", "AssumeRole", role(CLIENT1, ExternalId="other"), user, denied(YOU, CLIENT1)),
        ("no MFA", "AssumeRole", role(CLIENT2, ExternalId="client2-8842"), user, denied(YOU, CLIENT2)),
        ("the path left out", "AssumeRole", role(CLIENT2.replace("partners/", "")), user,
         denied(YOU, CLIENT2.replace("partners/", ""))),
        ("no such role", "AssumeRole", role(CLIENT1 + "s"), user, denied(YOU, CLIENT1 + "s")),
        ("not trusted", "AssumeRole", role(INNER), user, denied(YOU, INNER)),
        ("trusted by another role", "AssumeRole", role(INNER), first, denied(inner_session, INNER)),
        ("no right to tag", "AssumeRole", role(INNER, Tags=[{"Key": "a", "Value": "b"}]), operations,
         denied("arn:aws:sts::333333333333:assumed-role/Operations/conformance", INNER, "TagSession")),
        # MFA.
        ("a used code", "GetSessionToken", {"SerialNumber": MFA, "TokenCode": used}, user, bad_code),
        ("a wrong code", "GetSessionToken", {"SerialNumber": MFA, "TokenCode": wrong}, user, bad_code),
        ("another's device", "GetSessionToken", {"SerialNumber": MFA + "x", "TokenCode": wrong}, user, bad_device),
        ("a code from a session", "AssumeRole", role(CLIENT2, SerialNumber=MFA, TokenCode=wrong), session, bad_device),
        ("a code from a role", "AssumeRole", role(INNER, SerialNumber=MFA, TokenCode=wrong), operations, bad_device),
        ("a device without a code", "GetSessionToken", {"SerialNumber": MFA}, user, one_of_two),
        ("a code without a device", "AssumeRole", role(CLIENT1, TokenCode=wrong), user, one_of_two),
        ("a session from a session", "GetSessionToken", {}, session, no_session),
        ("a session from a role", "GetSessionToken", {}, first, no_session),
        # Durations.
        ("chained above an hour", "AssumeRole", role(INNER, DurationSeconds=3601), operations, chained),
        ("from a session above an hour", "AssumeRole", role(CLIENT3, DurationSeconds=43200), session, chained),
        ("above the role's maximum", "AssumeRole", role(CLIENT1, DurationSeconds=3601, **right), user,
         invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")),
        ("too short", "AssumeRole", role(CLIENT1, DurationSeconds=899), user,
         constraint("durationSeconds", 899, "have value greater than or equal to 900")),
        ("too long", "AssumeRole", role(CLIENT1, DurationSeconds=43201), user,
         constraint("durationSeconds", 43201, "have value less than or equal to 43200")),
        ("a session too long", "GetSessionToken", {"DurationSeconds": 129601}, user,
         constraint("durationSeconds", 129601, "have value less than or equal to 129600")),
        # Constraints.
        ("a short name", "AssumeRole", {"RoleArn": CLIENT1, "RoleSessionName": "x"}, user,
         constraint("roleSessionName", "x", "have length greater than or equal to 2")),
        ("a name with a space", "AssumeRole", {"RoleArn": CLIENT1, "RoleSessionName": "a b"}, user,
         constraint("roleSessionName", "a b", r"satisfy regular expression pattern: [\w+=,.@-]*")),
        ("an external id with a space", "AssumeRole", role(CLIENT1, ExternalId="a b"), user,
         constraint("externalId", "a b", r"satisfy regular expression pattern: [\w+=,.@:\/-]*")),
        ("seven digits", "GetSessionToken", {"SerialNumber": MFA, "TokenCode": "1234567"}, user,
         constraint("tokenCode", "1234567", "have length less than or equal to 6")),
        ("no name", "AssumeRole", {"RoleArn": CLIENT1}, user,
         invalid("1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: "
                 "Member must not be null")),
        ("no ARN", "AssumeRole", role("not-an-arn-but-long-enough"), user,
         invalid("not-an-arn-but-long-enough is invalid")),
        ("a user's ARN", "AssumeRole", role(YOU), user, invalid("Request ARN is invalid")),
        # Policies and tags.
        ("a broken policy", "AssumeRole", role(CLIENT1, Policy="{", **right), user,
         (400, "MalformedPolicyDocument", "Syntax errors in policy.")),
        ("a large policy", "AssumeRole",
         role(CLIENT1, Policy=json.dumps({"Statement": ["x" * 4096]}), **right), user,
         (400, "PackedPolicyTooLarge",
          "Packed policy consumes 201% of allotted space, please use smaller policy.")),
        ("a tag twice", "AssumeRole",
         role(CLIENT1, Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}], **right), user,
         (400, "InvalidParameterValue",
          "Duplicate tag keys found. Please note that Tag keys are case insensitive.")),
        ("another source identity", "AssumeRole", role(INNER, SourceIdentity="other"), first,
         invalid("The source identity is already set for this assume role session")),
        # Actions that are not there.
        ("no such action", "GetAccessKeyInfo", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}, user,
         (400, "InvalidAction", "Could not find operation GetAccessKeyInfo for version 2011-06-15")),
    ]
    for what, action, params, key, expected in table:
        check(what, call(key, action, params), expected)
    check("a disabled region", call(user, "GetSessionToken", {}, "ap-east-1"), disabled)
    check("identity in a disabled region", call(user, "GetCallerIdentity", {}, "ap-east-1")[0], 200)


def clocks(user):
    key = key_of(client(user).assume_role(**role(CLIENT1, ExternalId="client1-7731", DurationSeconds=900)))
    control("POST", "expire", {"access_key_id": key[0]})
    expired = (403, "ExpiredToken", "The security token included in the request is expired")
    check("an expired session", call(key, "GetCallerIdentity", {}), expired)
    control("POST", "forget", {"access_key_id": key[0]})
    check("a forgotten session", call(key, "GetCallerIdentity", {})[1], "InvalidClientTokenId")
    control("POST", "clock", {"offset_seconds": 3600})
    status, code, message = call(user, "GetCallerIdentity", {})
    check("an old signature", (status, code, message[:19]), (403, "SignatureDoesNotMatch", "Signature expired: "))
    control("POST", "clock", {"offset_seconds": -3600})
    status, code, message = call(user, "GetCallerIdentity", {})
    check("a signature of the future", (code, message[:27]), ("SignatureDoesNotMatch", "Signature not yet current: "))
    control("POST", "clock", {"offset_seconds": 0})


def faults(user):
    control("POST", "fault", {"kind": "throttle", "action": "GetCallerIdentity"})
    check("throttled", call(user, "GetCallerIdentity", {}), (400, "Throttling", "Rate exceeded"))
    control("POST", "fault", {"kind": "error", "status": 503})
    check("unavailable", call(user, "GetCallerIdentity", {})[:2], (503, "ServiceUnavailable"))
    check("well again", call(user, "GetCallerIdentity", {})[0], 200)


def cli():
    """The AWS CLI with the sandbox's own profiles; a code is typed into its stdin."""
    def run(profile, code=""):
        # A session of its own has no terminal to prompt on, so that stdin is read.
        done = subprocess.run(
            [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--profile", profile, "--output", "json"],
            input=code + "\n", capture_output=True, text=True, start_new_session=True, timeout=120,
        )
        return json.loads(done.stdout)["Arn"].rsplit("/", 1)[0] if done.returncode == 0 else done.stderr
    sts = "arn:aws:sts::"
    check("the CLI as hub", run("hub"), "arn:aws:iam::111111111111:user")
    check("the CLI as client1", run("client1"), f"{sts}222222222222:assumed-role/PartnerAdmin")
    # First, because the CLI keeps what a chain gets from client2.
    check("the CLI with a wrong code", "invalid MFA one time pass code" in run("client2", "000000"), True)
    check("the CLI as client3, with a code", run("client3", fresh()), f"{sts}444444444444:assumed-role/LongRunning")
    check("the CLI through a chain, with a code", run("chained", fresh()), f"{sts}444444444444:assumed-role/Inner")


def main():
    keys = results()
    refusals(*keys)
    clocks(keys[0])
    faults(keys[0])
    clients = f"boto3 {boto3.__version__}"
    try:
        import awscli
    except ImportError:
        if os.environ.get("XACCT_TEST_REQUIRE_ALL") == "1":
            failures.append("awscli is not installed")
        else:
            print("skipped: awscli is not installed", file=sys.stderr)
    else:
        cli()
        clients += f", awscli {awscli.__version__}"
    for failure in failures:
        print(failure)
    print(f"{checks} checks by {clients}: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
