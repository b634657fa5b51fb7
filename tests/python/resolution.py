"""What botocore does with made-up profile files: one process that answers many cases.

Each line of stdin is {"config": …, "credentials": …, "selected": …, "env": {…}}. The answer is a line with whose keys
sign first, each request that botocore would send to STS in its order, and the region and endpoint of an STS client; or
the error. Nothing is sent: requests are noted and answered here.
"""

import hashlib
import io
import json
import os
import pathlib
import re
import sys
import urllib.parse

# botocore takes its token caches from the home directory as soon as it is imported.
HOME = pathlib.Path(sys.argv[1])
os.environ["HOME"] = str(HOME)

import botocore.awsrequest
import botocore.httpsession
import botocore.loaders
import botocore.session

LOADER = botocore.loaders.create_loader()
LATER = "2099-01-01T00:00:00Z"
seen = []


def sts(form):
    action = form["Action"]
    return (
        f"<{action}Response><{action}Result><Credentials><AccessKeyId>STS{len(seen)}</AccessKeyId>"
        f"<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{LATER}</Expiration>"
        f"</Credentials><AssumedRoleUser><Arn>a</Arn><AssumedRoleId>i</AssumedRoleId></AssumedRoleUser>"
        f"</{action}Result></{action}Response>"
    )


def metadata(url, method):
    keys = {"SecretAccessKey": "s", "Token": "t", "Expiration": LATER, "LastUpdated": LATER, "Code": "Success"}
    if "/credentials-of-the-container" in url:
        return json.dumps({"AccessKeyId": "ecs_container", **keys})
    if method == "PUT":
        return "token"
    if url.endswith("security-credentials/"):
        return "role"
    return json.dumps({"AccessKeyId": "ec2_instance_metadata", **keys})


def send(_, request):
    parts = urllib.parse.urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items()}
    if parts.path.startswith(("/latest/", "/credentials-of-the-container")):
        body = metadata(request.url, request.method)
    elif parts.path == "/federation/credentials":
        query = dict(urllib.parse.parse_qsl(parts.query))
        key = f"sso {query['account_id']} {query['role_name']}"
        keys = {"accessKeyId": key, "secretAccessKey": "s", "sessionToken": "t", "expiration": 4000000000000}
        body = json.dumps({"roleCredentials": keys})
    else:
        text = request.body if isinstance(request.body, str) else request.body.decode()
        form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
        signed = re.search(r"Credential=(.*)/\d{8}/([^/]+)/sts/", to_text(headers.get("authorization", "")))
        signer, region = signed.groups() if signed else (None, None)
        endpoint = f"{parts.scheme}://{parts.netloc}"
        seen.append({"form": form, "signer": signer, "region": region, "endpoint": endpoint})
        body = sts(form)
    answer = botocore.awsrequest.AWSResponse(request.url, 200, {}, io.BytesIO(body.encode()))
    answer._content = body.encode()
    return answer


def to_text(value):
    return value.decode() if isinstance(value, bytes) else value


botocore.httpsession.URLLib3Session.send = send


def resolve(case):
    seen.clear()
    os.environ.clear()
    os.environ.update({"HOME": str(HOME), "PATH": "/usr/bin:/bin", **case["env"]})
    for name in ["config", "credentials"]:
        (HOME / ".aws" / name).write_text(case[name])
    session = botocore.session.Session(profile=case["selected"])
    session.register_component("data_loader", LOADER)
    resolver = session.get_component("credential_provider")
    resolver.get_provider("assume-role")._prompter = lambda _: "123456"
    region = session.get_config_variable("region")
    credentials = session.get_credentials()
    if credentials is None:
        raise LookupError("no credentials")
    key = credentials.get_frozen_credentials().access_key
    requests = list(seen)
    answer = {"key": key, "method": credentials.method, "region": region, "requests": requests}
    try:
        answer["endpoint"] = session.create_client("sts").meta.endpoint_url
    except Exception as error:
        answer["endpoint"] = f"{type(error).__name__}: {error}"
    return answer


def main():
    (HOME / ".aws/sso/cache").mkdir(parents=True)
    for name in ["corp", "https://corp.test/start"]:
        token = {"accessToken": "t", "expiresAt": LATER, "region": "eu-west-1", "startUrl": "https://corp.test/start"}
        digest = hashlib.sha1(name.encode()).hexdigest()
        (HOME / f".aws/sso/cache/{digest}.json").write_text(json.dumps(token))
    for line in sys.stdin:
        try:
            answer = resolve(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
