//! The Secret Service of a desktop, over D-Bus (specifications.freedesktop.org/secret-service):
//! `GNOME Keyring`, `KWallet`, `KeePassXC`. An item has the attributes `service` and `username`, as those
//! of `secret-tool` and of the keyring crates.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::StreamExt;
use zbus::names::OwnedErrorName;
use zbus::{
    Connection, DynamicType, MatchRule, MessageStream, ObjectPath, OwnedObjectPath, OwnedVariant,
    Variant, fdo, message,
};
use zeroize::Zeroizing;

use super::StoreState;
use super::item::{self, SERVICE, failed, not_there};
use crate::config::KeyStore;
use crate::error::{Error, Result};
use crate::secret::Secret;

const HERE: KeyStore = KeyStore::SecretService;
const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
/// How long a service may take to answer; one that is not running is started first.
const ANSWER: Duration = Duration::from_secs(15);
/// How long a person may look at the question for the password.
const PERSON: Duration = Duration::from_mins(2);

/// session, parameters, value, content type
type Wire = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// Why it cannot be used, as opposed to an answer that is an error.
enum Trouble {
    Absent(String),
    Failed(zbus::Error),
}

impl From<zbus::Error> for Trouble {
    fn from(error: zbus::Error) -> Trouble {
        let zbus::Error::FDO(of_bus) = &error else {
            return Trouble::Failed(error);
        };
        match **of_bus {
            fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_) => {
                Trouble::Absent("no program provides it on the session bus".to_owned())
            }
            fdo::Error::SpawnExecFailed(_)
            | fdo::Error::SpawnForkFailed(_)
            | fdo::Error::SpawnChildExited(_)
            | fdo::Error::SpawnChildSignaled(_)
            | fdo::Error::SpawnFailed(_) => {
                Trouble::Absent("its program does not start".to_owned())
            }
            _ => Trouble::Failed(error),
        }
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        match trouble {
            Trouble::Absent(why) => item::missing(HERE, &why),
            Trouble::Failed(error) => failed(HERE, &readable(&error)).caused_by(error),
        }
    }
}

fn readable(error: &zbus::Error) -> String {
    let named = |name: &OwnedErrorName, text: &Option<String>| match text {
        Some(text) => text.clone(),
        None => name.to_string(),
    };
    match error {
        zbus::Error::MethodError(name, text, _) => named(name, text),
        other => other.to_string(),
    }
}

type Answered<T> = std::result::Result<T, Trouble>;

struct Service {
    bus: Connection,
}

impl Service {
    async fn connect() -> Answered<Service> {
        let builder = zbus::connection::Builder::session();
        let bus = builder.method_timeout(ANSWER).build().await;
        let no_bus = |_| Trouble::Absent("no session bus was found".to_owned());
        Ok(Service {
            bus: bus.map_err(no_bus)?,
        })
    }

    async fn call<B>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Answered<zbus::Message>
    where
        B: serde::Serialize + DynamicType,
    {
        let interface = format!("org.freedesktop.{interface}");
        let reply = self
            .bus
            .call_method(Some(NAME), path, Some(interface), method, body);
        Ok(reply.await?)
    }

    /// Secrets go over the bus as they are: it is a socket of this user and this machine.
    async fn session(&self) -> Answered<OwnedObjectPath> {
        let body = ("plain", Variant::from(""));
        let reply = self
            .call(ROOT, "Secret.Service", "OpenSession", &body)
            .await?;
        let (_, session): (OwnedVariant, OwnedObjectPath) = reply.body().deserialize()?;
        Ok(session)
    }

    /// The collection for new items.
    async fn collection(&self) -> Answered<OwnedObjectPath> {
        let reply = self
            .call(ROOT, "Secret.Service", "ReadAlias", &"default")
            .await?;
        let path: OwnedObjectPath = reply.body().deserialize()?;
        if path.as_str() == "/" {
            return Err(Trouble::Absent("it has no default keyring".to_owned()));
        }
        Ok(path)
    }

    async fn is_locked(&self, collection: &OwnedObjectPath) -> Answered<bool> {
        let body = ("org.freedesktop.Secret.Collection", "Locked");
        let reply = self
            .call(collection.as_str(), "DBus.Properties", "Get", &body)
            .await?;
        let value: OwnedVariant = reply.body().deserialize()?;
        Ok(bool::try_from(value).unwrap_or(true))
    }

    /// The items of this key: those that can be read, and those that are locked.
    async fn search(&self, id: &str) -> Answered<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)> {
        let wanted = HashMap::from([("service", SERVICE), ("username", id)]);
        let reply = self
            .call(ROOT, "Secret.Service", "SearchItems", &wanted)
            .await?;
        Ok(reply.body().deserialize()?)
    }

    /// The first item of this key, unlocked.
    async fn item(&self, id: &str, may_ask: bool) -> Result<Option<OwnedObjectPath>> {
        let (open, locked) = self.search(id).await?;
        if let Some(item) = open.into_iter().next() {
            return Ok(Some(item));
        }
        let Some(item) = locked.into_iter().next() else {
            return Ok(None);
        };
        self.unlock(&item, may_ask).await?;
        Ok(Some(item))
    }

    async fn unlock(&self, what: &OwnedObjectPath, may_ask: bool) -> Result<()> {
        let all = vec![what];
        let reply = self.call(ROOT, "Secret.Service", "Unlock", &all).await?;
        let answer = reply.body().deserialize().map_err(Trouble::from)?;
        let (open, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) = answer;
        if open.contains(what) {
            return Ok(());
        }
        if !may_ask {
            return Err(locked("it needs its password, and prompts are forbidden"));
        }
        self.prompted(&prompt).await
    }

    /// Has the service ask the person, who says yes.
    async fn prompted(&self, prompt: &OwnedObjectPath) -> Result<()> {
        if prompt.as_str() == "/" {
            return Ok(());
        }
        let mut signals = self.completed(prompt).await.map_err(Trouble::from)?;
        self.call(prompt.as_str(), "Secret.Prompt", "Prompt", &"")
            .await?;
        let answer = tokio::time::timeout(PERSON, signals.next()).await;
        let Ok(Some(answer)) = answer else {
            return Err(locked("you did not type its password in time"));
        };
        let message = answer.map_err(Trouble::from)?;
        let body = message.body().deserialize().map_err(Trouble::from)?;
        let (is_dismissed, _): (bool, OwnedVariant) = body;
        if is_dismissed {
            return Err(locked("the prompt for its password was dismissed"));
        }
        Ok(())
    }

    async fn completed(&self, prompt: &OwnedObjectPath) -> zbus::Result<MessageStream> {
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .interface("org.freedesktop.Secret.Prompt")
            .member("Completed")
            .path(prompt.as_str())
            .build()?;
        MessageStream::for_match_rule(rule, &self.bus, None).await
    }
}

fn locked(why: &str) -> Error {
    item::locked(
        HERE,
        why,
        "unlock it in the desktop's own program (Passwords and Keys, KWalletManager, KeePassXC); \
         without a desktop: gnome-keyring-daemon --replace --unlock    reads its password from stdin",
    )
}

pub(super) async fn get(id: &str, may_ask: bool) -> Result<Secret> {
    let service = Service::connect().await?;
    let item = service.item(id, may_ask).await?;
    let item = item.ok_or_else(|| not_there(HERE, id))?;
    secret_of(&service, &item).await
}

async fn secret_of(service: &Service, item: &OwnedObjectPath) -> Result<Secret> {
    let session = service.session().await?;
    let reply = service
        .call(item.as_str(), "Secret.Item", "GetSecret", &session)
        .await?;
    let body = reply.body().deserialize().map_err(Trouble::from)?;
    let ((_, _, value, _),): (Wire,) = (body,);
    let value = Zeroizing::new(value);
    let text = std::str::from_utf8(&value).map_err(|_| failed(HERE, "the secret is not UTF-8"))?;
    Ok(Secret::new(text))
}

pub(super) async fn put(id: &str, secret: &Secret, profile: &str, may_ask: bool) -> Result<()> {
    let service = Service::connect().await?;
    let collection = service.collection().await?;
    if service.is_locked(&collection).await? {
        service.unlock(&collection, may_ask).await?;
    }
    let session = service.session().await?;
    let label = format!("AWS access key {id} of profile {profile} (xacct)");
    let attributes = HashMap::from([("service", SERVICE), ("username", id)]);
    let properties = HashMap::from([
        ("org.freedesktop.Secret.Item.Label", Variant::from(label)),
        (
            "org.freedesktop.Secret.Item.Attributes",
            Variant::from(attributes),
        ),
    ]);
    let value = secret.expose().as_bytes();
    let path = ObjectPath::from(&session);
    let wire = (path, [0_u8; 0].as_slice(), value, "text/plain");
    let body = (properties, wire, true);
    let reply = service
        .call(
            collection.as_str(),
            "Secret.Collection",
            "CreateItem",
            &body,
        )
        .await?;
    let body = reply.body().deserialize().map_err(Trouble::from)?;
    let (_, prompt): (OwnedObjectPath, OwnedObjectPath) = body;
    service.prompted(&prompt).await
}

pub(super) async fn remove(id: &str, may_ask: bool) -> Result<bool> {
    let service = Service::connect().await?;
    let Some(item) = service.item(id, may_ask).await? else {
        return Ok(false);
    };
    let reply = service.call(item.as_str(), "Secret.Item", "Delete", &());
    let reply = reply.await?;
    let prompt = reply.body().deserialize().map_err(Trouble::from)?;
    service.prompted(&prompt).await?;
    Ok(true)
}

pub(super) async fn state() -> StoreState {
    match looked_at().await {
        Ok(true) => StoreState::Locked,
        Ok(false) => StoreState::Usable,
        Err(Trouble::Absent(why)) => StoreState::Missing(why),
        Err(Trouble::Failed(error)) => StoreState::Missing(readable(&error)),
    }
}

async fn looked_at() -> Answered<bool> {
    let service = Service::connect().await?;
    let collection = service.collection().await?;
    service.is_locked(&collection).await
}
