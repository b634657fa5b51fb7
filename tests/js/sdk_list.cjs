// Says whose the credentials are that the JavaScript SDK v3 finds by itself, and lists the buckets.
// The first argument is the folder whose node_modules has the SDK.
const { createRequire } = require("node:module");
const load = createRequire(`${process.argv[2]}/`);
const { STSClient, GetCallerIdentityCommand } = load("@aws-sdk/client-sts");
const { S3Client, ListBucketsCommand } = load("@aws-sdk/client-s3");

async function main() {
  console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn);
  const { Buckets } = await new S3Client({}).send(new ListBucketsCommand({}));
  for (const bucket of Buckets ?? []) console.log(bucket.Name);
}

main().catch((error) => {
  console.error(`${error}`);
  process.exit(1);
});
