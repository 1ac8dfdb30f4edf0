//! `mode = "production"`: a sound installation starts, and each unsafe setting is refused with one clear line (row K2), by `serve` before
//! it opens anything to anybody and by `check`.

use std::fs::{self, Permissions};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sakin::db::Target;
use tempfile::TempDir;

use crate::harness::{Backend, Database, Program};

fn private_folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

/// A production installation that may start: migrated, with keys.
struct Installation {
    dir: TempDir,
    program: Program,
}

impl Installation {
    fn sound() -> Self {
        let dir = private_folder();
        let program = production(&dir);
        let made = program.run(&["user", "list"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self { dir, program }
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn chmod(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    fn set(&mut self, name: &str, value: &str) {
        self.program = self.program.clone().with(name, value);
    }
}

/// `serve` ends with 5 and one line; `check` ends with 1 and says the same in one line.
#[track_caller]
fn refused(program: &Program, reason: &str) {
    let serve = program.run(&["serve"]);
    let said = String::from_utf8(serve.stderr).unwrap();
    assert_eq!(serve.status.code(), Some(5), "{reason}: {said}");
    assert!(said.lines().count() == 1 && said.starts_with("sakin: ") && said.contains(reason), "{reason}: {said}");
    let check = program.run(&["check"]);
    let listed = String::from_utf8(check.stdout).unwrap();
    assert_eq!(check.status.code(), Some(1), "{reason}: {listed}");
    let naming = |line: &&str| line.starts_with("FAIL") && line.contains(reason);
    assert_eq!(listed.lines().filter(naming).count(), 1, "{reason}: {listed}");
}

/// A change to a sound installation, and what is said about it.
type Case = (&'static str, fn(&mut Installation));

const SETTINGS: &[Case] = &[
    ("auth.argon2_m_kib = 19455", |it| it.set("SAKIN_AUTH_ARGON2_M_KIB", "19455")),
    ("auth.second_factor = \"offered\"", |it| it.set("SAKIN_AUTH_SECOND_FACTOR", "offered")),
    ("auth.argon2_t = 1", |it| it.set("SAKIN_AUTH_ARGON2_T", "1")),
    ("server.bind = 0.0.0.0:0", |it| it.set("SAKIN_SERVER_BIND", "0.0.0.0:0")),
    ("server.bind = [::]:0", |it| it.set("SAKIN_SERVER_BIND", "[::]:0")),
    ("server.trusted_proxies = 0.0.0.0/0", |it| it.set("SAKIN_SERVER_TRUSTED_PROXIES", "0.0.0.0/0")),
    ("log.filter = \"debug\"", |it| it.set("SAKIN_LOG_FILTER", "debug")),
    ("log.filter = \"actix_http=trace\"", |it| it.set("SAKIN_LOG_FILTER", "info,actix_http=trace")),
    ("PGHOST is set", |it| it.set("PGHOST", "db.example")),
    ("PGPASSWORD is set", |it| it.set("PGPASSWORD", "s3cr3t")),
];

const FILES: &[Case] = &[
    ("mac.key is open to other users (mode 0644)", |it| it.chmod("keys/mac.key", 0o644)),
    ("token-0001.ed25519 is open to other users (mode 0640)", |it| it.chmod("keys/token-0001.ed25519", 0o640)),
    ("other users can read the TLS key", |it| {
        let (certificate, key) = (it.path("certificate.pem"), it.path("key.pem"));
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(&certificate, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        it.chmod("key.pem", 0o640);
        it.set("SAKIN_SERVER_TLS_CERTIFICATE", &certificate);
        it.set("SAKIN_SERVER_TLS_KEY", &key);
        // With TLS the address may be anybody's.
        it.set("SAKIN_SERVER_BIND", "0.0.0.0:0");
    }),
    ("look into the key folder", |it| it.chmod("keys", 0o755)),
    ("reach into the data folder", |it| it.chmod("", 0o755)),
    ("mac.key is not a key of 32 bytes, it has 16", |it| fs::write(it.path("keys/mac.key"), [7; 16]).unwrap()),
    ("seal-1.key is not a key of 32 bytes, it has 33", |it| fs::write(it.path("keys/seal-1.key"), [7; 33]).unwrap()),
    ("token-0001.ed25519 is not an Ed25519 key", |it| {
        fs::write(it.path("keys/token-0001.ed25519"), "-----BEGIN PRIVATE KEY-----").unwrap();
    }),
    ("holds keys, but no mac.key", |it| fs::remove_file(it.path("keys/mac.key")).unwrap()),
    ("everybody can read it", |it| {
        fs::write(it.path("url"), "postgres://u:s3cr3t@localhost/d").unwrap();
        it.chmod("url", 0o444);
        it.set("SAKIN_DATABASE_URL_FILE", &it.path("url"));
    }),
    ("read or change the database", |it| {
        let elsewhere = it.dir.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        fs::copy(it.path("sakin.db"), elsewhere.join("sakin.db")).unwrap();
        it.chmod("elsewhere/sakin.db", 0o644);
        it.program.data = it.dir.path().join("data");
        fs::create_dir(&it.program.data).unwrap();
        fs::set_permissions(&it.program.data, Permissions::from_mode(0o700)).unwrap();
        fs::rename(it.path("keys"), it.program.data.join("keys")).unwrap();
        it.set("SAKIN_DATABASE_URL", &format!("sqlite://{}", elsewhere.join("sakin.db").display()));
    }),
];

/// Refused before anything is connected to, so that no server needs to be there.
const REMOTE: &[(&str, &str)] = &[
    ("leaves this machine unverified", "postgres://u@db.example/d"),
    ("leaves this machine unverified", "postgres://u@192.0.2.1/d?sslmode=require"),
    ("leaves this machine unverified", "postgres:///d?host=db.example&sslmode=verify-ca"),
    ("holds a password", "postgres://u:s3cr3t@db.example/d?sslmode=verify-full"),
];

#[test]
fn each_unsafe_setting_is_refused_with_one_line() {
    for (reason, spoil) in SETTINGS.iter().chain(FILES) {
        let mut installation = Installation::sound();
        spoil(&mut installation);
        refused(&installation.program, reason);
    }
    for (reason, url) in REMOTE {
        let mut installation = Installation::sound();
        installation.set("SAKIN_DATABASE_URL", url);
        refused(&installation.program, reason);
        let said = installation.program.run(&["serve"]).stderr;
        assert!(!String::from_utf8(said).unwrap().contains("s3cr3t"));
    }
}

#[test]
fn settings_alone_are_refused_by_config_check_too() {
    let mut installation = Installation::sound();
    assert!(installation.program.run(&["config", "check"]).status.success());
    installation.set("SAKIN_AUTH_ARGON2_T", "1");
    let check = installation.program.run(&["config", "check"]);
    let said = String::from_utf8(check.stderr).unwrap();
    assert_eq!((check.status.code(), said.lines().count()), (Some(3), 1), "{said}");
    assert!(said.starts_with("refused: auth.argon2_m_kib"), "{said}");
}

#[test]
fn a_database_used_with_other_keys_is_refused() {
    let installation = Installation::sound();
    fs::remove_dir_all(installation.path("keys")).unwrap();
    let serve = installation.program.run(&["serve"]);
    let said = String::from_utf8(serve.stderr).unwrap();
    assert_eq!((serve.status.code(), said.lines().count()), (Some(5), 1), "{said}");
    assert!(said.contains("keys that are not in"), "{said}");
}

#[test]
fn an_sqlite_database_without_a_write_ahead_log_is_refused() {
    for name in [":memory:", "file:nolock.db?nolock=1"] {
        let mut installation = Installation::sound();
        installation.set("SAKIN_DATABASE_URL", &format!("sqlite://{name}"));
        refused(&installation.program, "not wal");
    }
}

#[test]
fn the_demonstration_s_database_is_refused() {
    let database = Database::fresh(Backend::Sqlite).unwrap();
    database.execute("INSERT INTO installation (one, demo, created_at) VALUES (1, TRUE, 0)").unwrap();
    let installation = Installation::sound();
    let Target::Sqlite(path) = database.target() else { unreachable!() };
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    refused(&installation.program.clone().with_database(&database), "this is the demonstration's database");
}

#[test]
fn a_postgresql_server_that_may_lose_writes_is_refused() {
    // The server of the tests has all three off.
    let Some(database) = Database::fresh(Backend::Postgres) else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let installation = Installation::sound();
    let serve = installation.program.clone().with_database(&database).run(&["serve"]);
    let said = String::from_utf8(serve.stderr).unwrap();
    assert_eq!(serve.status.code(), Some(5), "{said}");
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        let naming = |line: &&str| line.starts_with("sakin: ") && line.contains(&format!("runs with {name} = off"));
        assert_eq!(said.lines().filter(naming).count(), 1, "{said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
}

/// A PostgreSQL server that keeps what it acknowledges, until dropped.
struct Durable {
    url: String,
    _process: Child,
}

impl Durable {
    fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres.sh");
        let mut process =
            Command::new(script).arg("durable").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
        let mut url = String::new();
        BufReader::new(process.stdout.take()?).read_line(&mut url).ok()?;
        let url = url.trim().to_owned();
        let required = std::env::var("SAKIN_TEST_POSTGRES").is_ok_and(|value| value == "required");
        assert!(!url.is_empty() || !required, "PostgreSQL is required");
        (!url.is_empty()).then_some(Self { url, _process: process })
    }
}

/// The program in production, with what has no sound default.
fn production(dir: &TempDir) -> Program {
    Program::on(dir.path()).with("SAKIN_MODE", "production").with("SAKIN_AUTH_SECOND_FACTOR", "required")
}

/// A sound production installation answers, and `check` finds nothing.
#[track_caller]
fn starts(program: &Program) {
    let served = program.serve();
    let client = reqwest::blocking::Client::new();
    let alive = client.get(format!("{}/readyz", served.base)).send().unwrap();
    assert!(alive.status().is_success(), "{}", alive.status());
    let check = program.run(&["check"]);
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}

#[test]
fn a_sound_installation_on_sqlite_starts() {
    starts(&Installation::sound().program);
    // On an empty folder, too: the first start makes everything.
    let dir = private_folder();
    let program = production(&dir);
    starts(&program.with("SAKIN_LOG_FILTER", "info,sakin=trace").with("SAKIN_SERVER_TRUSTED_PROXIES", "127.0.0.1"));
}

#[test]
fn a_sound_installation_on_postgresql_starts_and_one_unsafe_setting_is_one_line() {
    let Some(server) = Durable::start() else {
        eprintln!("skipped: no PostgreSQL on this machine");
        return;
    };
    let dir = private_folder();
    let statement = |text: &str| {
        use diesel::{Connection as _, RunQueryDsl as _};
        let mut conn = diesel::PgConnection::establish(&server.url).unwrap();
        diesel::sql_query(text).execute(&mut conn).unwrap();
    };
    let owner = production(&dir).with("SAKIN_DATABASE_URL", &server.url);
    statement("CREATE ROLE sakin_server LOGIN");
    let made = owner.run(&["migrate", "run", "--role", "sakin_server"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    refused(&owner, "role sakin may change the tables and what the log says");
    let serving = server.url.replacen("sakin@", "sakin_server@", 1);
    let sound = production(&dir).with("SAKIN_DATABASE_URL", &serving);
    starts(&sound);
    let options = "?options=-c%20synchronous_commit%3Doff";
    let weak = sound.clone().with("SAKIN_DATABASE_URL", format!("{serving}{options}"));
    refused(&weak, "synchronous_commit = off");
    for name in ["fsync", "full_page_writes"] {
        statement(&format!("ALTER SYSTEM SET {name} = off"));
        statement("SELECT pg_reload_conf()");
        settled(&server.url, name, "off");
        refused(&sound, &format!("{name} = off"));
        statement(&format!("ALTER SYSTEM RESET {name}"));
        statement("SELECT pg_reload_conf()");
        settled(&server.url, name, "on");
    }
    statement("UPDATE installation SET demo = TRUE");
    refused(&sound, "this is the demonstration's database");
}

/// Waits until new connections see a reloaded setting: the reload is a signal.
fn settled(url: &str, name: &str, value: &str) {
    use diesel::{Connection as _, IntoSql as _, RunQueryDsl as _};
    diesel::define_sql_function!(fn current_setting(name: diesel::sql_types::Text) -> diesel::sql_types::Text);
    for _ in 0..500 {
        let mut conn = diesel::PgConnection::establish(url).unwrap();
        let name = name.into_sql::<diesel::sql_types::Text>();
        if diesel::select(current_setting(name)).get_result::<String>(&mut conn).unwrap() == value {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{name} does not become {value}");
}

/// Which keys there were is told by the log (row U1), and a database that is away keeps nobody from replacing a key that leaked.
#[test]
fn the_log_tells_of_keys_that_are_replaced() {
    let database = Database::fresh(Backend::Sqlite).unwrap();
    let mut installation = Installation::sound();
    installation.program = installation.program.with_database(&database);
    let keys = |installation: &Installation, command: &str| installation.program.run(&["keys", command]);
    assert!(keys(&installation, "rotate").status.success());
    assert!(keys(&installation, "list").status.success());
    assert!(keys(&installation, "retire").status.success());
    assert_eq!(database.count("audit_event WHERE action = 135"), 1);
    assert_eq!(database.count("audit_event WHERE action = 136"), 0, "nothing was to remove");

    installation.set("SAKIN_DATABASE_URL", "postgres://sakin@127.0.0.1:1/away");
    let listed = String::from_utf8(keys(&installation, "list").stdout).unwrap().lines().count();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let rotated = keys(&installation, "rotate");
    let said = String::from_utf8(rotated.stderr).unwrap();
    assert_eq!(rotated.status.code(), Some(4), "{said}");
    assert!(said.contains("the log does not tell of it"), "{said}");
    assert_eq!(String::from_utf8(keys(&installation, "list").stdout).unwrap().lines().count(), listed + 1);
}
