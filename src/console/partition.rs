//! Where the console of each partition is, and where one signs in to it (docs/aws.md A8).

use crate::arn;
use crate::error::{Error, Result};

/// The hosts of one partition, without a region.
struct Hosts {
    partition: &'static str,
    signin: &'static str,
    console: &'static str,
    /// Where one is that names no region.
    home: &'static str,
    /// Whether the hosts of that region go by their names alone.
    has_plain_home: bool,
}

const HOSTS: [Hosts; 4] = [
    Hosts {
        partition: "aws",
        signin: "signin.aws.amazon.com",
        console: "console.aws.amazon.com",
        home: "us-east-1",
        has_plain_home: true,
    },
    Hosts {
        partition: "aws-us-gov",
        signin: "signin.amazonaws-us-gov.com",
        console: "console.amazonaws-us-gov.com",
        home: "us-gov-west-1",
        has_plain_home: true,
    },
    Hosts {
        partition: "aws-cn",
        signin: "signin.amazonaws.cn",
        console: "console.amazonaws.cn",
        home: "cn-north-1",
        has_plain_home: true,
    },
    Hosts {
        partition: "aws-eusc",
        signin: "signin.amazonaws-eusc.eu",
        console: "console.amazonaws-eusc.eu",
        home: "eusc-de-east-1",
        has_plain_home: false,
    },
];

/// A partition's console in one region.
#[derive(Clone, Copy)]
pub(crate) struct PartitionConsole<'r> {
    hosts: &'static Hosts,
    pub(crate) region: &'r str,
}

impl<'r> PartitionConsole<'r> {
    /// The console of this partition; in another region than `region` where that is none of the
    /// partition's.
    ///
    /// Errors: of kind `Config`, for a partition whose console's address is not known.
    pub(crate) fn new(partition: &str, region: &'r str) -> Result<PartitionConsole<'r>> {
        let Some(hosts) = HOSTS.iter().find(|hosts| hosts.partition == partition) else {
            let known = HOSTS.map(|hosts| hosts.partition).join(", ");
            return Err(Error::config(format!(
                "the address of partition {partition}'s console is not known"
            ))
            .hint(format!("there are addresses for {known}")));
        };
        let is_there = arn::partition_of_region(region) == partition && region != "aws-global";
        Ok(PartitionConsole {
            hosts,
            region: if is_there { region } else { hosts.home },
        })
    }

    /// `https://eu-west-1.signin.aws.amazon.com`: both steps of a sign-in go there.
    pub(crate) fn signin(&self) -> String {
        self.host(self.hosts.signin)
    }

    /// `https://eu-west-1.console.aws.amazon.com`
    pub(crate) fn url(&self) -> String {
        self.host(self.hosts.console)
    }

    /// The console of the partition's first region, where what has no region is.
    pub(crate) fn at_home(&self) -> PartitionConsole<'static> {
        PartitionConsole {
            region: self.hosts.home,
            hosts: self.hosts,
        }
    }

    fn host(&self, name: &str) -> String {
        if self.hosts.has_plain_home && self.region == self.hosts.home {
            format!("https://{name}")
        } else {
            format!("https://{}.{name}", self.region)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::too_many_lines)] // a table of cases
    fn every_partition_has_its_hosts() {
        let hosts = |partition: &str, region: &str| {
            let console = PartitionConsole::new(partition, region).unwrap();
            (console.signin(), console.url())
        };
        for (partition, region, signin, console) in [
            (
                "aws",
                "us-east-1",
                "signin.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            (
                "aws",
                "eu-west-1",
                "eu-west-1.signin.aws.amazon.com",
                "eu-west-1.console.aws.amazon.com",
            ),
            (
                "aws",
                "aws-global",
                "signin.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            // A region of another partition is none.
            (
                "aws",
                "cn-north-1",
                "signin.aws.amazon.com",
                "console.aws.amazon.com",
            ),
            (
                "aws-us-gov",
                "us-gov-west-1",
                "signin.amazonaws-us-gov.com",
                "console.amazonaws-us-gov.com",
            ),
            (
                "aws-us-gov",
                "us-gov-east-1",
                "us-gov-east-1.signin.amazonaws-us-gov.com",
                "us-gov-east-1.console.amazonaws-us-gov.com",
            ),
            (
                "aws-cn",
                "cn-north-1",
                "signin.amazonaws.cn",
                "console.amazonaws.cn",
            ),
            (
                "aws-cn",
                "cn-northwest-1",
                "cn-northwest-1.signin.amazonaws.cn",
                "cn-northwest-1.console.amazonaws.cn",
            ),
            (
                "aws-eusc",
                "eusc-de-east-1",
                "eusc-de-east-1.signin.amazonaws-eusc.eu",
                "eusc-de-east-1.console.amazonaws-eusc.eu",
            ),
        ] {
            let wanted = (format!("https://{signin}"), format!("https://{console}"));
            assert_eq!(hosts(partition, region), wanted, "{partition} {region}");
        }
        let error = PartitionConsole::new("aws-iso", "us-iso-east-1")
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "the address of partition aws-iso's console is not known"
        );
    }
}
