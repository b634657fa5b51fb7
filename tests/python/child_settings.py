"""How botocore and the AWS CLI would work in an environment: one process that answers many children.

Listens on the Unix socket that is its argument. Each connection sends a line of JSON, {"env": {…}, "profile": null or a
name}, and gets a line with what clients resolve there. Nothing is sent to AWS.
"""

import io
import json
import os
import socket
import sys

import botocore.awsrequest
import botocore.loaders
import botocore.session

# As awscli/__init__.py has them.
CLI = {
    "ca_bundle": ("ca_bundle", "AWS_CA_BUNDLE", None, None),
    "output": ("output", "AWS_DEFAULT_OUTPUT", "json", None),
}
CONFIG = [
    "account_id_endpoint_mode",
    "auth_scheme_preference",
    "connect_timeout",
    "defaults_mode",
    "disable_request_compression",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retries",
    "sigv4a_signing_region_set",
    "tcp_keepalive",
    "user_agent_appid",
]
VARIABLES = [
    "api_versions",
    "ec2_metadata_service_endpoint",
    "endpoint_discovery_enabled",
    "metadata_service_timeout",
    "output",
    "parameter_validation",
]
OF_THE_CLI = ["cli_binary_format", "cli_timestamp_format", "emr"]
LOADER = botocore.loaders.create_loader()


def answered(seen, body):
    """A hook that notes a request and answers it."""

    def before_send(request, **_):
        seen.append(request.url)
        answer = botocore.awsrequest.AWSResponse(request.url, 200, {}, io.BytesIO(body))
        answer._content = body
        return answer

    return before_send


def resolved(profile):
    session = botocore.session.Session(CLI, profile=profile)
    session.register_component("data_loader", LOADER)
    facts = {"region": session.get_config_variable("region")}
    for service in ["s3", "dynamodb", "sts", "sso-oidc", "organizations"]:
        try:
            client = session.create_client(service)
        except Exception as error:
            facts[service] = f"{type(error).__name__}: {error}"
            continue
        config = client.meta.config
        facts[service] = client.meta.endpoint_url
        facts[f"{service} verify"] = client._endpoint.http_session._verify
        if service == "s3":
            facts |= {name: getattr(config, name) for name in CONFIG}
            facts["s3 settings"] = config.s3
            seen = []
            client.meta.events.register("before-send.s3", answered(seen, b"<ListBucketResult/>"))
            client.list_objects_v2(Bucket="bucket")
            facts["bucket"] = seen
    facts |= {name: session.get_config_variable(name) for name in VARIABLES}
    facts["cli"] = {name: session.get_scoped_config().get(name) for name in OF_THE_CLI}
    facts["pager"] = os.environ.get("AWS_PAGER", session.get_scoped_config().get("cli_pager"))
    credentials = session.get_credentials()
    facts["access key"] = credentials and credentials.access_key
    other = botocore.session.Session(CLI, profile="other")
    try:
        facts["another profile's"] = other.get_scoped_config()
    except Exception as error:
        facts["another profile's"] = type(error).__name__
    return facts


def answer(question):
    os.environ.clear()
    os.environ.update(question["env"])
    try:
        return resolved(question["profile"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(16)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as lines:
            lines.write(json.dumps(answer(json.loads(lines.readline())), default=str) + "\n")


main()
