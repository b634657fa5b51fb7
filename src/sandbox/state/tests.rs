use super::*;

fn identity() -> SignerIdentity {
    SignerIdentity {
        account_id: "111111111111".into(),
        arn: "arn:aws:iam::111111111111:user/you".into(),
        user_id: "AIDA".into(),
        principal_arn: "arn:aws:iam::111111111111:user/you".into(),
        may_assume: vec!["*".into()],
    }
}

#[test]
fn a_code_counts_once_and_the_next_one_is_offered() {
    let mut state = State::new(World::sample().unwrap());
    let device = state.world.device(None).unwrap().clone();
    let first = state.code(&device, 1_000_000_010, true).unwrap();
    assert_eq!((first.seconds_left, first.used), (10, false));
    assert!(state.use_code(&device, &first.digits, 1_000_000_010));
    assert!(!state.use_code(&device, &first.digits, 1_000_000_010));
    let second = state.code(&device, 1_000_000_010, true).unwrap();
    assert_ne!(second.digits, first.digits);
    assert_eq!(second.seconds_left, 40);
    // What the device shows does not depend on what was used.
    assert_eq!(
        state.code(&device, 1_000_000_010, false),
        Some(TotpCode {
            used: true,
            ..first
        })
    );
    assert!(state.use_code(&device, &second.digits, 1_000_000_010));
    assert_eq!(state.code(&device, 1_000_000_010, true), None);
    assert!(state.code(&device, 1_000_000_030, true).is_some());
}

#[test]
fn sessions_are_made_ended_and_forgotten() {
    let mut state = State::new(World::sample().unwrap());
    let now: DateTime<Utc> = "2026-11-22T10:00:00.7Z".parse().unwrap();
    let one = state.issue(identity(), Means::LongTerm, 900, now).unwrap();
    let two = state.issue(identity(), Means::LongTerm, 900, now).unwrap();
    assert_eq!(
        (one.access_key_id.len(), one.secret.expose().len()),
        (20, 40)
    );
    assert_eq!(one.expiration.to_rfc3339(), "2026-11-22T10:15:00+00:00");
    assert_eq!(state.expire(Some(&one.access_key_id), now), 1);
    assert_eq!(state.session(&one.access_key_id).unwrap().expiration, now);
    assert!(state.session(&two.access_key_id).unwrap().expiration > now);
    assert_eq!(state.forget(Some(&one.access_key_id)), 1);
    assert_eq!(state.forget(None), 1);
    assert!(state.session(&two.access_key_id).is_none());
    assert!(state.secrets().any(|secret| *secret == two.token));
}
