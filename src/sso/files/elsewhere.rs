//! Where else you are signed in at the same address. The AWS CLI names a token's file after the
//! `[sso-session]`, or after the start URL as it is spelled, so a profile does not find the token of
//! another session or spelling.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::{SsoFiles, TokenFile, is_same_place, read, sha1, time};

/// A sign-in at the profile's start URL that the profile does not use.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sso) enum Elsewhere {
    /// `sso_start_url = …` in another spelling.
    Spelling(String),
    /// `[sso-session NAME]` of the config file.
    Session(String),
    /// `sso_start_url = …` in the same spelling, of a profile that has no session.
    StartUrl,
}

impl SsoFiles<'_> {
    /// Another sign-in at this address that has not ended, or that can be refreshed.
    pub(in crate::sso) fn elsewhere(&self, now: DateTime<Utc>) -> Option<Elsewhere> {
        let files = fs::read_dir(&self.dir).ok()?.flatten();
        files
            .filter_map(|file| self.of_token(&file.path(), now))
            .min()
    }

    fn of_token(&self, path: &Path, now: DateTime<Utc>) -> Option<Elsewhere> {
        let name = path.file_stem()?.to_str()?;
        if name == self.name {
            return None;
        }
        let token: TokenFile = read(path)?;
        let is_alive = token.refresh_token.is_some() || time(&token.expires_at)? > now;
        let url = token
            .start_url
            .filter(|url| is_alive && is_same_place(url, &self.sso.start_url))?;
        if name == sha1(&url) {
            return Some(if url == self.sso.start_url {
                Elsewhere::StartUrl
            } else {
                Elsewhere::Spelling(url)
            });
        }
        let mut sessions = self.sso.known_sessions.iter();
        let session = sessions.find(|session| name == sha1(session))?;
        Some(Elsewhere::Session(session.clone()))
    }
}
