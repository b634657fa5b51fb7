"""The sandbox's IAM Identity Center as boto3 sees it: sign-in, tokens, portal, and the SDK's own token provider.

Runs inside a sandbox, as sts_conformance.py does, and reports in the same way.
"""

import base64
import datetime
import hashlib
import json
import os
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError, UnauthorizedSSOTokenError

SANDBOX = os.environ["XACCT_SANDBOX"]
START = "https://acme.awsapps.com/start"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
CALLBACK = "http://127.0.0.1/oauth/callback"

failures = []
checks = 0


def check(what, actual, expected):
    global checks
    checks += 1
    if actual != expected:
        failures.append(f"{what}:\n  expected {expected!r}\n  got      {actual!r}")


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def opener():
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay())


def control(method, name, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{SANDBOX}/_sandbox/{name}", data=data, method=method)
    with opener().open(request) as answer:
        return json.load(answer)


def actions():
    return [request["action"] for request in control("GET", "log")]


def client(service):
    return boto3.client(
        service,
        endpoint_url=SANDBOX,
        region_name="eu-central-1",
        config=Config(
            signature_version=botocore.UNSIGNED,
            retries={"total_max_attempts": 1},
            # What the client would refuse itself is to reach the server.
            parameter_validation=False,
        ),
    )


OIDC, PORTAL = client("sso-oidc"), client("sso")


def call(function, **params):
    """(status, exception, `error` or the message) of a refusal; (200, None, the answer) of a result."""
    try:
        return (200, None, function(**params))
    except ClientError as error:
        answer = error.response
        said = answer.get("error", answer["Error"]["Message"])
        return (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], said)


def register(**more):
    params = {
        "clientName": "conformance",
        "clientType": "public",
        "scopes": ["sso:account:access"],
        "grantTypes": ["authorization_code", "refresh_token", DEVICE],
        "redirectUris": [CALLBACK],
        "issuerUrl": START,
        **more,
    }
    answer = OIDC.register_client(**params)
    return {"clientId": answer["clientId"], "clientSecret": answer["clientSecret"]}, answer


def signed_in(keys):
    """The tokens of a sign-in by device code."""
    device = OIDC.start_device_authorization(**keys, startUrl=START)
    return OIDC.create_token(**keys, grantType=DEVICE, deviceCode=device["deviceCode"])


def devices():
    keys, answer = register()
    days = (answer["clientSecretExpiresAt"] - answer["clientIdIssuedAt"]) / 86_400
    check("a registration lasts", days, 90)
    control("POST", "sign_in", {"mode": "pending", "interval": 0})
    device = OIDC.start_device_authorization(**keys, startUrl=START)
    check("device codes last", device["expiresIn"], 600)
    waiting = control("GET", "sign_in")["user_codes"]
    check("the sandbox shows who waits", waiting, [device["userCode"]])
    poll = {**keys, "grantType": DEVICE, "deviceCode": device["deviceCode"]}
    pending = (400, "AuthorizationPendingException", "authorization_pending")
    check("pending", call(OIDC.create_token, **poll), pending)
    control("POST", "fault", {"kind": "throttle", "action": "CreateToken"})
    check("throttled", call(OIDC.create_token, **poll), (400, "SlowDownException", "slow_down"))
    control("POST", "sign_in", {"mode": "deny"})
    check("denied", call(OIDC.create_token, **poll), (400, "AccessDeniedException", "access_denied"))
    control("POST", "clock", {"offset_seconds": 601})
    check("expired", call(OIDC.create_token, **poll), (400, "ExpiredTokenException", "expired_token"))
    control("POST", "clock", {"offset_seconds": 0})
    control("POST", "sign_in", {"mode": "approve", "interval": 1})
    with opener().open(device["verificationUriComplete"]) as page:
        check("the page is for people", b"is signed in at" in page.read(), True)
    tokens = OIDC.create_token(**poll)
    check("signed in", (tokens["expiresIn"], tokens["tokenType"]), (3600, "Bearer"))
    used = (400, "InvalidGrantException", "invalid_grant")
    check("a device code is good once", call(OIDC.create_token, **poll), used)
    stranger = (401, "InvalidClientException", "invalid_client")
    check("a wrong secret", call(OIDC.create_token, **{**poll, "clientSecret": "x"}), stranger)
    control("POST", "clock", {"offset_seconds": 90 * 86_400})
    ended = call(OIDC.start_device_authorization, **keys, startUrl=START)
    check("an expired registration", ended, stranger)
    control("POST", "clock", {"offset_seconds": 0})
    control("POST", "forget_clients")
    check("a forgotten registration", call(OIDC.create_token, **poll), stranger)
    scope = call(register, scopes=["x"])
    check("an unknown scope", scope, (400, "InvalidScopeException", "invalid_scope"))
    control("POST", "fault", {"kind": "error", "action": "RegisterClient"})
    check("AWS's own fault", call(register), (500, "InternalServerException", "server_error"))


def browser():
    keys, _ = register()
    verifier = base64.urlsafe_b64encode(os.urandom(48)).decode()
    digest = hashlib.sha256(verifier.encode()).digest()
    redirect = CALLBACK.replace("127.0.0.1", "127.0.0.1:50123")
    query = {
        "response_type": "code",
        "client_id": keys["clientId"],
        "redirect_uri": redirect,
        "state": "state of mine",
        "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "scopes": "sso:account:access",
    }

    def authorize():
        try:
            opener().open(f"{SANDBOX}/authorize?{urllib.parse.urlencode(query)}")
        except urllib.error.HTTPError as answer:
            target = urllib.parse.urlsplit(answer.headers["location"])
            check("the browser goes back", (answer.code, f"http://{target.netloc}{target.path}"), (302, redirect))
            return dict(urllib.parse.parse_qsl(target.query))

    back = authorize()
    check("the state comes back", back["state"], "state of mine")
    exchange = {**keys, "grantType": "authorization_code", "code": back["code"], "redirectUri": redirect}
    refused = (400, "InvalidGrantException", "invalid_grant")
    check("a wrong verifier", call(OIDC.create_token, **exchange, codeVerifier="a" * 43), refused)
    tokens = OIDC.create_token(**exchange, codeVerifier=verifier)
    check("it has a refresh token", "refreshToken" in tokens, True)
    check("a code is good once", call(OIDC.create_token, **exchange, codeVerifier=verifier), refused)
    control("POST", "sign_in", {"mode": "deny"})
    check("the user says no", authorize()["error"], "access_denied")
    control("POST", "sign_in", {"mode": "approve"})


def rotation():
    keys, _ = register()
    first = signed_in(keys)
    refresh = {**keys, "grantType": "refresh_token"}
    second = OIDC.create_token(**refresh, refreshToken=first["refreshToken"])
    check("refresh tokens rotate", second["refreshToken"] == first["refreshToken"], False)
    check("both are good", len(accounts(second)), len(accounts(first)))
    refused = (400, "InvalidGrantException", "invalid_grant")
    again = call(OIDC.create_token, **refresh, refreshToken=first["refreshToken"])
    check("an old one is refused", again, refused)
    check("and ends the session", call(PORTAL.list_accounts, accessToken=second["accessToken"]), UNAUTHORIZED)
    again = call(OIDC.create_token, **refresh, refreshToken=second["refreshToken"])
    check("with its newest token", again, refused)


UNAUTHORIZED = (401, "UnauthorizedException", "Session token not found or invalid")


def accounts(tokens):
    pages = PORTAL.get_paginator("list_accounts").paginate(accessToken=tokens["accessToken"])
    return [account["accountName"] for page in pages for account in page["accountList"]]


def portal():
    keys, _ = register()
    tokens = signed_in(keys)
    token = {"accessToken": tokens["accessToken"]}
    check("accounts, page by page", accounts(tokens), ["hub", "client1", "client2"])
    pages = PORTAL.get_paginator("list_account_roles").paginate(
        **token, accountId="111111111111", PaginationConfig={"PageSize": 1}
    )
    roles = [role["roleName"] for page in pages for role in page["roleList"]]
    check("roles, page by page", roles, ["Admin", "ReadOnly"])
    get = PORTAL.get_role_credentials
    nothing = call(get, **token, accountId="222222222222", roleName="Admin")
    check("what is not assigned", nothing, (403, "ForbiddenException", "No access"))
    missing = call(get, **token, accountId="999999999999", roleName="Admin")
    check("an unknown account", missing, (404, "ResourceNotFoundException", "Account not found"))
    control("POST", "fault", {"kind": "throttle", "action": "GetRoleCredentials"})
    often = call(get, **token, accountId="111111111111", roleName="Admin")
    check("too often", often, (429, "TooManyRequestsException", "Rate exceeded"))
    issued = get(**token, accountId="111111111111", roleName="Admin")["roleCredentials"]
    sts = boto3.client(
        "sts",
        endpoint_url=SANDBOX,
        region_name="eu-central-1",
        aws_access_key_id=issued["accessKeyId"],
        aws_secret_access_key=issued["secretAccessKey"],
        aws_session_token=issued["sessionToken"],
    )
    arn = sts.get_caller_identity()["Arn"]
    prefix = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_"
    check("who that is", (arn.startswith(prefix), arn.endswith("/you")), (True, True))
    role = {
        "RoleArn": "arn:aws:iam::222222222222:role/PartnerAdmin",
        "RoleSessionName": "chained",
        "ExternalId": "client1-7731",
    }
    check("assuming a role from there", "Credentials" in sts.assume_role(**role), True)
    status, code, message = call(sts.assume_role, **role, DurationSeconds=3601)
    check("is chaining", (status, code, "role chaining" in message), (400, "ValidationError", True))
    check("signing out", call(PORTAL.logout, **token)[0], 200)
    check("ends it", call(PORTAL.list_accounts, **token), UNAUTHORIZED)
    check("but not its credentials", sts.get_caller_identity()["Arn"], arn)


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def token_provider():
    """boto3 finds a token in the AWS CLI's cache, refreshes it, and gets what the profiles say."""
    keys, answer = register()
    tokens = signed_in(keys)
    now = datetime.datetime.now(datetime.timezone.utc)
    name = hashlib.sha1(b"acme").hexdigest() + ".json"
    path = pathlib.Path(os.path.expanduser("~/.aws/sso/cache")) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    cached = {
        "startUrl": START,
        "region": "eu-central-1",
        "accessToken": tokens["accessToken"],
        "expiresAt": stamp(now - datetime.timedelta(minutes=1)),
        **keys,
        "registrationExpiresAt": stamp(now + datetime.timedelta(days=90)),
        "refreshToken": tokens["refreshToken"],
    }
    path.write_text(json.dumps(cached))
    control("DELETE", "log")
    identity = boto3.Session(profile_name="acme").client("sts").get_caller_identity()
    check("a profile of an sso-session", identity["Account"], "111111111111")
    check("what it took", actions(), ["CreateToken", "GetRoleCredentials", "GetCallerIdentity"])
    shown = control("GET", "log")[0]["params"]
    check("tokens in the log are shortened", len(shown["refreshToken"]), 9)
    rotated = json.loads(path.read_text())
    check("the refresh token was rotated", rotated["refreshToken"] == tokens["refreshToken"], False)
    identity = boto3.Session(profile_name="acme-client1").client("sts").get_caller_identity()
    check("a role from there", identity["Account"], "222222222222")
    control("POST", "sign_out")
    try:
        boto3.Session(profile_name="acme").client("sts").get_caller_identity()
        check("a session that was ended", "served", "refused")
    except UnauthorizedSSOTokenError:
        check("a session that was ended", "refused", "refused")


for scene in [devices, browser, rotation, portal, token_provider]:
    scene()

print("\n".join(failures + [f"{checks} checks: {len(failures)} failed"]))
sys.exit(1 if failures else 0)
