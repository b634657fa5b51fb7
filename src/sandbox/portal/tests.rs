//! Somebody who is signed in at the sample world's Identity Center, and what the portal tells them.

use hyper::HeaderMap;

use super::*;
use crate::sandbox::route::route;
use crate::sandbox::sign_in::Client;
use crate::sandbox::world::World;
use crate::secret::Secret;

struct Bench {
    state: State,
    now: DateTime<Utc>,
    headers: HeaderMap,
}

type Said<T> = Result<T, (u16, &'static str)>;

fn bench() -> Bench {
    let mut state = State::new(World::sample().unwrap());
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let center = state.world.identity_center[0].clone();
    let client = Client {
        id: String::new(),
        secret: Secret::new(""),
        expires_at: now,
        scopes: Vec::new(),
        redirect_uris: Vec::new(),
        grant_types: Vec::new(),
        issuer: None,
    };
    let (_, tokens) = state.sign_in.sign_in(&client, &center, now).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(
        "x-amz-sso_bearer_token",
        tokens.access.expose().parse().unwrap(),
    );
    Bench {
        state,
        now,
        headers,
    }
}

impl Bench {
    fn send(&mut self, method: &str, target: &str) -> Said<Content> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let received = Received {
            method,
            path,
            query,
            headers: &self.headers,
            body: b"",
        };
        let action = route(&received).action.unwrap();
        answer(&mut self.state, &action, &received, self.now)
            .map_err(|refusal| (refusal.status, refusal.code))
    }

    fn get(&mut self, target: &str) -> Said<Value> {
        self.send("GET", target).map(|content| match content {
            Content::Json(value) => value,
            other => panic!("{other:?}"),
        })
    }

    fn credentials(&mut self, account: &str, role: &str) -> Said<Value> {
        self.get(&format!(
            "/federation/credentials?account_id={account}&role_name={role}"
        ))
    }
}

#[test]
fn a_roles_credentials_are_a_role_session() {
    let mut bench = bench();
    let answer = bench.credentials("111111111111", "Admin").unwrap();
    let keys = &answer["roleCredentials"];
    assert_eq!(keys["expiration"], (bench.now.timestamp() + 3600) * 1000);
    let session = bench
        .state
        .session(keys["accessKeyId"].as_str().unwrap())
        .unwrap();
    assert_eq!(session.token.expose(), keys["sessionToken"]);
    let name = bench.state.world.identity_center[0].role_name("111111111111", "Admin");
    assert!(
        name.starts_with("AWSReservedSSO_Admin_") && name.len() == 21 + 16,
        "{name}"
    );
    let path = "role/aws-reserved/sso.amazonaws.com/eu-central-1";
    assert_eq!(
        session.identity.arn,
        format!("arn:aws:sts::111111111111:assumed-role/{name}/you")
    );
    assert_eq!(
        session.identity.principal_arn,
        format!("arn:aws:iam::111111111111:{path}/{name}")
    );
    assert!(matches!(session.means, Means::Role { .. }));
}

#[test]
fn what_is_not_assigned_is_not_given() {
    let mut bench = bench();
    assert_eq!(
        bench.credentials("222222222222", "Admin"),
        Err((403, "ForbiddenException"))
    );
    assert_eq!(
        bench.credentials("444444444444", "Admin"),
        Err((403, "ForbiddenException"))
    );
    assert_eq!(
        bench.credentials("999999999999", "Admin"),
        Err((404, "ResourceNotFoundException"))
    );
    assert_eq!(
        bench.credentials("1", "Admin"),
        Err((400, "InvalidRequestException"))
    );
    let roles = bench.get("/assignment/roles?account_id=444444444444");
    assert_eq!(roles, Err((403, "ForbiddenException")));
    assert_eq!(
        bench.get("/assignment/roles"),
        Err((400, "InvalidRequestException"))
    );
}

#[test]
fn lists_come_in_pages() {
    let mut bench = bench();
    let names = |page: &Value| -> Vec<String> {
        let list = page["accountList"].as_array().unwrap().iter();
        list.map(|account| account["accountName"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = bench.get("/assignment/accounts").unwrap();
    assert_eq!(names(&first), ["hub", "client1"]);
    let token = first["nextToken"].as_str().unwrap();
    let second = bench
        .get(&format!("/assignment/accounts?next_token={token}"))
        .unwrap();
    assert_eq!(
        (names(&second), &second["nextToken"]),
        (vec!["client2".to_owned()], &Value::Null)
    );
    assert_eq!(
        bench
            .get("/assignment/accounts?max_result=100")
            .map(|page| names(&page).len()),
        Ok(3)
    );
    let roles = bench
        .get("/assignment/roles?account_id=111111111111&max_result=1")
        .unwrap();
    assert_eq!(
        roles["roleList"],
        json!([{ "roleName": "Admin", "accountId": "111111111111" }])
    );
    let token = roles["nextToken"].as_str().unwrap();
    let invalid = Err((400, "InvalidRequestException"));
    // A token of another list, and what never was one.
    assert_eq!(
        bench.get(&format!("/assignment/accounts?next_token={token}")),
        invalid
    );
    assert_eq!(
        bench.get("/assignment/accounts?next_token=accountList-3"),
        invalid
    );
    assert_eq!(bench.get("/assignment/accounts?max_result=101"), invalid);
    assert_eq!(bench.get("/assignment/accounts?max_result=0"), invalid);
}

#[test]
fn only_who_is_signed_in_is_told_anything() {
    let unauthorized = Err((401, "UnauthorizedException"));
    let mut signed_out = bench();
    assert_eq!(signed_out.send("POST", "/logout"), Ok(Content::Nothing));
    assert_eq!(signed_out.get("/assignment/accounts"), unauthorized);
    assert_eq!(
        signed_out.send("POST", "/logout"),
        Err((401, "UnauthorizedException"))
    );
    let mut late = bench();
    late.state.clocks.server = 28_800;
    assert_eq!(late.get("/assignment/accounts"), unauthorized);
    let mut ended = bench();
    let now = ended.now;
    assert_eq!(ended.state.sign_in.sign_out_all(now), 1);
    assert_eq!(ended.credentials("111111111111", "Admin"), unauthorized);
    let mut nobody = bench();
    nobody.headers.clear();
    assert_eq!(nobody.get("/assignment/accounts"), unauthorized);
}
