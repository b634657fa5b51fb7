"""One sign-in for every tool: boto3 and the AWS CLI use the token that xacct wrote, and xacct the one that they wrote.

Runs inside a sandbox in which `xacct login acme` has just been done, with the path of xacct as its argument; reports as
sts_conformance.py does.
"""

import datetime
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.request

import boto3

SANDBOX = os.environ["XACCT_SANDBOX"]
CACHE = pathlib.Path.home() / ".aws/sso/cache"
TOKEN = CACHE / (hashlib.sha1(b"acme").hexdigest() + ".json")
XACCT = sys.argv[1]

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
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)


def actions():
    found = [request["action"] for request in control("GET", "log")]
    control("DELETE", "log")
    return found


def identity(profile):
    """Who boto3 is with this profile; a session of its own, so that nothing is remembered."""
    arn = boto3.Session(profile_name=profile).client("sts").get_caller_identity()["Arn"]
    return arn.split("/")[1].rsplit("_", 1)[0]


def leave(seconds):
    token = json.loads(TOKEN.read_text())
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    token["expiresAt"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    TOKEN.write_text(json.dumps(token))


def xacct(*args):
    run = subprocess.run([XACCT, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return (run.returncode, run.stderr)


def key(profile):
    run = subprocess.run([XACCT, "credential-process", profile], capture_output=True, text=True)
    return json.loads(run.stdout)["AccessKeyId"][:4] if run.returncode == 0 else run.stderr


def shared():
    control("DELETE", "log")
    check("boto3 uses xacct's token", identity("acme"), "AWSReservedSSO_Admin")
    check("with one request", actions(), ["GetRoleCredentials", "GetCallerIdentity"])
    check("boto3 assumes a role from there", identity("acme-client1"), "PartnerAdmin")
    actions()
    leave(300)
    before = json.loads(TOKEN.read_text())
    check("boto3 refreshes it", identity("acme"), "AWSReservedSSO_Admin")
    check("with xacct's client", actions(), ["CreateToken", "GetRoleCredentials", "GetCallerIdentity"])
    after = json.loads(TOKEN.read_text())
    check("and keeps the same members", sorted(after), sorted(before))
    check("but another token", after["refreshToken"] != before["refreshToken"], True)
    check("xacct uses boto3's token", key("acme"), "ASIA")
    check("without asking for another", actions(), ["GetRoleCredentials"])
    leave(300)
    check("xacct refreshes boto3's token", xacct("credential-process", "acme", "--refresh"), (0, ""))
    check("once", actions(), ["CreateToken", "GetRoleCredentials"])
    check("and boto3 uses that", identity("acme"), "AWSReservedSSO_Admin")
    check("as it is", actions(), ["GetRoleCredentials", "GetCallerIdentity"])


def written_by_hand():
    """A sign-in as the AWS CLI does it, through boto3, with the file written as the AWS CLI writes it."""
    config = boto3.session.Config(signature_version=boto3.session.botocore.UNSIGNED)
    oidc = boto3.client("sso-oidc", region_name="eu-central-1", config=config)
    start = "https://acme.awsapps.com/start"
    client = oidc.register_client(clientName="cli", clientType="public", scopes=["sso:account:access"])
    keys = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    device = oidc.start_device_authorization(**keys, startUrl=start)
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    tokens = oidc.create_token(**keys, grantType=grant, deviceCode=device["deviceCode"])

    def written(at):
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    now = datetime.datetime.now(datetime.timezone.utc)
    ends = datetime.datetime.fromtimestamp(client["clientSecretExpiresAt"], datetime.timezone.utc)
    TOKEN.write_text(json.dumps({
        "startUrl": start,
        "region": "eu-central-1",
        "accessToken": tokens["accessToken"],
        "expiresAt": written(now + datetime.timedelta(seconds=tokens["expiresIn"])),
        **keys,
        "registrationExpiresAt": written(ends),
        "refreshToken": tokens["refreshToken"],
    }))
    actions()
    said = xacct("login", "acme")
    check("xacct finds somebody signed in", (said[0], "already signed in" in said[1]), (0, True))
    check("xacct uses that token", xacct("credential-process", "acme", "--refresh"), (0, ""))
    check("as it is", actions(), ["GetRoleCredentials"])
    leave(-60)
    check("xacct refreshes it with that client", xacct("credential-process", "acme", "--refresh"), (0, ""))
    check("without anybody", actions(), ["CreateToken", "GetRoleCredentials"])


def cli():
    aws = shutil.which("aws")
    if aws is None:
        if os.environ.get("XACCT_TEST_REQUIRE_ALL") == "1":
            failures.append("the AWS CLI is nowhere")
        else:
            print("skipped: no AWS CLI", file=sys.stderr)
        return
    asked = [aws, "sts", "get-caller-identity", "--query", "Account", "--output", "text", "--profile"]
    for profile, account in [("acme", "111111111111"), ("acme-client1", "222222222222")]:
        run = subprocess.run([*asked, profile], capture_output=True, text=True)
        check(f"the AWS CLI as {profile}", (run.returncode, run.stdout.strip(), run.stderr), (0, account, ""))
    actions()
    check("xacct signs out", xacct("logout", "acme", "-q"), (0, ""))
    check("for every tool", (actions(), TOKEN.exists()), (["Logout"], False))


for scene in [shared, written_by_hand, cli]:
    scene()

print("\n".join(failures + [f"{checks} checks: {len(failures)} failed"]))
sys.exit(1 if failures else 0)
