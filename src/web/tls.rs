//! TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only (row H3): rustls knows nothing else. The certificate is read anew
//! on SIGHUP, so that one that is renewed every few weeks needs no restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config;

/// What a server shows its callers that it is, and the files that say so.
#[derive(Debug)]
pub struct Tls {
    files: Files,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// The certificate that the settings name, if they name one; else one line that says what is wrong with which file.
    pub fn of(config: &config::Server) -> Result<Option<Arc<Self>>, String> {
        let files = match (&config.tls_certificate, &config.tls_key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate: certificate.clone(), key: key.clone() },
            (Some(_), None) => return Err(alone("server.tls_certificate", "server.tls_key")),
            (None, Some(_)) => return Err(alone("server.tls_key", "server.tls_certificate")),
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let current = RwLock::new(files.read(&provider)?);
        Ok(Some(Arc::new(Self { files, provider, current })))
    }

    /// Reads the files anew. What is wrong leaves the present certificate in use.
    pub(super) fn reload(&self) {
        match self.files.read(&self.provider) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(std::sync::PoisonError::into_inner) = fresh;
                tracing::info!("the TLS certificate was read anew");
            }
            Err(error) => tracing::error!(error, "the TLS certificate stays as it was"),
        }
    }

    /// Settings of a listener.
    pub(super) fn listener(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
        let resolver = Arc::clone(self) as Arc<dyn ResolvesServerCert>;
        Ok(ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(&versions)?
            .with_no_client_auth()
            .with_cert_resolver(resolver))
    }
}

impl ResolvesServerCert for Tls {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl Files {
    fn read(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, String> {
        let chain = CertificateDer::pem_file_iter(&self.certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| unreadable("server.tls_certificate", &self.certificate, &error))?;
        if chain.is_empty() {
            return Err(unreadable("server.tls_certificate", &self.certificate, &"no certificate stands in it"));
        }
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| unreadable("server.tls_key", &self.key, &error))?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|error| unreadable("server.tls_key", &self.key, &error))?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) => Ok(Arc::new(certified)),
            Err(_) => Err(format!(
                "server.tls_key = {} is not the key of the first certificate in {}: name the two files that belong together",
                self.key.display(),
                self.certificate.display()
            )),
        }
    }
}

fn alone(given: &str, missing: &str) -> String {
    format!("{given} is set without {missing}: TLS needs both")
}

fn unreadable(setting: &str, path: &Path, why: &dyn std::fmt::Display) -> String {
    format!("{setting} = {} cannot be used: {why}. A file in PEM format is expected.", path.display())
}
