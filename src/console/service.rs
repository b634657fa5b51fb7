//! Where a service is in the console.

use super::partition::PartitionConsole;
use crate::config::nearest;
use crate::error::{Error, Result};

/// A service's names and its path. Those that are the same everywhere have no region in their
/// address.
struct ConsoleService {
    names: &'static [&'static str],
    path: &'static str,
    is_global: bool,
}

const fn regional(names: &'static [&'static str], path: &'static str) -> ConsoleService {
    ConsoleService {
        names,
        path,
        is_global: false,
    }
}

const fn global(names: &'static [&'static str], path: &'static str) -> ConsoleService {
    ConsoleService {
        names,
        path,
        is_global: true,
    }
}

/// The names are those of the AWS CLI, and what people call them. Sorted by the first.
const SERVICES: &[ConsoleService] = &[
    regional(&["acm"], "acm/home"),
    regional(&["apigateway", "api"], "apigateway/main/apis"),
    regional(&["athena"], "athena/home"),
    regional(&["backup"], "backup/home"),
    regional(&["batch"], "batch/home"),
    regional(&["bedrock"], "bedrock/home"),
    global(&["billing"], "billing/home"),
    regional(&["cloudformation", "cfn"], "cloudformation/home"),
    global(&["cloudfront", "cf"], "cloudfront/v4/home"),
    regional(&["cloudtrail"], "cloudtrail/home"),
    regional(&["cloudwatch", "cw"], "cloudwatch/home"),
    regional(&["codebuild"], "codesuite/codebuild/projects"),
    regional(&["codepipeline"], "codesuite/codepipeline/pipelines"),
    regional(&["cognito"], "cognito/v2/home"),
    regional(&["config"], "config/home"),
    global(&["costexplorer", "ce"], "cost-management/home"),
    global(&["directconnect"], "directconnect/v2/home"),
    regional(&["dms"], "dms/v2/home"),
    regional(&["dynamodb", "ddb"], "dynamodbv2/home"),
    regional(&["ec2"], "ec2/home"),
    regional(&["ecr"], "ecr/home"),
    regional(&["ecs"], "ecs/v2/home"),
    regional(&["efs"], "efs/home"),
    regional(&["eks"], "eks/home"),
    regional(&["elasticache"], "elasticache/home"),
    regional(&["elasticbeanstalk"], "elasticbeanstalk/home"),
    regional(&["elb"], "ec2/home#LoadBalancers:"),
    regional(&["emr"], "emr/home"),
    regional(&["events", "eventbridge"], "events/home"),
    regional(&["fsx"], "fsx/home"),
    regional(&["glue"], "glue/home"),
    regional(&["guardduty"], "guardduty/home"),
    global(&["health"], "health/home"),
    global(&["iam"], "iam/home"),
    regional(&["inspector"], "inspector/v2/home"),
    regional(&["kinesis"], "kinesis/home"),
    regional(&["kms"], "kms/home"),
    regional(&["lambda"], "lambda/home"),
    regional(&["logs"], "cloudwatch/home#logsV2:log-groups"),
    regional(&["opensearch", "es"], "aos/home"),
    global(&["organizations"], "organizations/v2/home"),
    regional(&["ram"], "ram/home"),
    regional(&["rds"], "rds/home"),
    regional(&["redshift"], "redshiftv2/home"),
    global(&["route53", "r53"], "route53/v2/home"),
    regional(&["s3"], "s3/home"),
    regional(&["sagemaker"], "sagemaker/home"),
    regional(&["secretsmanager"], "secretsmanager/home"),
    regional(&["securityhub"], "securityhub/home"),
    regional(&["servicecatalog"], "servicecatalog/home"),
    regional(&["ses"], "ses/home"),
    regional(&["sns"], "sns/v3/home"),
    regional(&["sqs"], "sqs/v3/home"),
    regional(&["ssm"], "systems-manager/home"),
    regional(&["sso"], "singlesignon/home"),
    regional(&["stepfunctions", "states"], "states/home"),
    global(&["support"], "support/home"),
    regional(&["transfer"], "transfer/home"),
    global(&["trustedadvisor"], "trustedadvisor/home"),
    regional(&["vpc"], "vpcconsole/home"),
    regional(&["waf"], "wafv2/homev2"),
    regional(&["xray"], "xray/home"),
];

impl PartitionConsole<'_> {
    /// The address of a service, by its name or by a path; without either, of the console's first
    /// page.
    ///
    /// Errors: of kind `Usage`, for a name that is not known.
    pub(crate) fn destination(&self, service: Option<&str>) -> Result<String> {
        let Some(name) = service else {
            return Ok(self.at("console/home"));
        };
        if let Some(path) = name.contains('/').then(|| name.trim_start_matches('/')) {
            return Ok(self.at(path));
        }
        let wanted = name.to_ascii_lowercase();
        match SERVICES
            .iter()
            .find(|service| service.names.contains(&wanted.as_str()))
        {
            Some(service) if service.is_global => {
                Ok(format!("{}/{}", self.at_home().url(), service.path))
            }
            Some(service) => Ok(self.at(service.path)),
            None => Err(unknown(name)),
        }
    }

    /// A path with the region, which stands before a `#`.
    fn at(&self, path: &str) -> String {
        let (path, fragment) = path
            .split_once('#')
            .map_or((path, None), |(path, rest)| (path, Some(rest)));
        let separator = if path.contains('?') { '&' } else { '?' };
        let has_region = path.contains("?region=") || path.contains("&region=");
        let region = if has_region {
            String::new()
        } else {
            format!("{separator}region={}", self.region)
        };
        let fragment = fragment.map(|rest| format!("#{rest}")).unwrap_or_default();
        format!("{}/{path}{region}{fragment}", self.url())
    }
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = SERVICES
        .iter()
        .flat_map(|service| service.names)
        .copied()
        .collect();
    let error = Error::usage(format!("--service: unknown service '{name}'"));
    let near: Vec<String> = nearest(name, &names)
        .iter()
        .map(|name| format!("'{name}'"))
        .collect();
    let error = if near.is_empty() {
        error
    } else {
        error.did_you_mean(&near.join(" or "))
    };
    error.hint("a path of the console does too: --service s3/buckets/my-bucket")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(partition: &str, region: &str, service: Option<&str>) -> String {
        PartitionConsole::new(partition, region)
            .unwrap()
            .destination(service)
            .unwrap()
    }

    #[test]
    fn names_and_paths() {
        let ireland = |service| at("aws", "eu-west-1", Some(service));
        let host = "https://eu-west-1.console.aws.amazon.com";
        assert_eq!(
            at("aws", "eu-west-1", None),
            format!("{host}/console/home?region=eu-west-1")
        );
        assert_eq!(ireland("s3"), format!("{host}/s3/home?region=eu-west-1"));
        assert_eq!(
            ireland("DDB"),
            format!("{host}/dynamodbv2/home?region=eu-west-1")
        );
        assert_eq!(
            ireland("logs"),
            format!("{host}/cloudwatch/home?region=eu-west-1#logsV2:log-groups")
        );
        assert_eq!(
            ireland("/s3/buckets/b?tab=x"),
            format!("{host}/s3/buckets/b?tab=x&region=eu-west-1")
        );
        assert_eq!(
            ireland("ec2/home?region=us-east-1"),
            format!("{host}/ec2/home?region=us-east-1")
        );
        // What is the same everywhere has no region.
        assert_eq!(ireland("iam"), "https://console.aws.amazon.com/iam/home");
        assert_eq!(
            at("aws-cn", "cn-northwest-1", Some("ec2")),
            "https://cn-northwest-1.console.amazonaws.cn/ec2/home?region=cn-northwest-1"
        );
        assert_eq!(
            at("aws-us-gov", "us-gov-east-1", Some("iam")),
            "https://console.amazonaws-us-gov.com/iam/home"
        );
    }

    #[test]
    fn a_path_stays_on_its_host() {
        for path in ["//evil.example/x", "@evil.example/", "/\\evil.example"] {
            let address = at("aws", "us-east-1", Some(path));
            assert_eq!(
                url::Url::parse(&address).unwrap().host_str(),
                Some("console.aws.amazon.com"),
                "{address}"
            );
        }
    }

    #[test]
    fn a_slip_is_told_the_nearest() {
        let error = PartitionConsole::new("aws", "eu-west-1")
            .unwrap()
            .destination(Some("lamda"))
            .unwrap_err();
        assert_eq!(error.to_string(), "--service: unknown service 'lamda'");
        assert_eq!(error.hint_texts()[0], "did you mean 'lambda'?");
    }

    #[test]
    fn the_table_is_sorted_and_has_each_name_once() {
        let first: Vec<&str> = SERVICES.iter().map(|service| service.names[0]).collect();
        assert!(first.is_sorted(), "{first:?}");
        let mut names: Vec<&str> = SERVICES
            .iter()
            .flat_map(|service| service.names)
            .copied()
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
