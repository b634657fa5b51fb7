"""Says whose the credentials are that boto3 finds by itself, and lists the buckets."""

import boto3

print(boto3.client("sts").get_caller_identity()["Arn"])
for bucket in boto3.client("s3").list_buckets()["Buckets"]:
    print(bucket["Name"])
