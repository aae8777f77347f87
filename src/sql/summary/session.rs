//! The state of a session that decides in which schema a name is looked for.

use std::sync::Arc;

/// Which schemas are searched, as the statements of a script change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    initial: Arc<[String]>,
    /// For the rest of the session; none when it is not known.
    session: Option<Arc<[String]>>,
    /// For the rest of the transaction.
    local: Option<Option<Arc<[String]>>>,
}

impl Session {
    /// A session that searches these schemas, in order.
    pub fn new<S: Into<String>>(search_path: impl IntoIterator<Item = S>) -> Self {
        let initial: Arc<[String]> = search_path.into_iter().map(Into::into).collect();
        Self {
            session: Some(Arc::clone(&initial)),
            initial,
            local: None,
        }
    }

    /// The schemas that are searched now; none when they are not known.
    pub fn search_path(&self) -> Option<&Arc<[String]>> {
        self.local.as_ref().unwrap_or(&self.session).as_ref()
    }

    /// Forgets what was set for one transaction, as at its end.
    pub fn end_transaction(&mut self) {
        self.local = None;
    }

    pub(super) fn set(&mut self, path: Option<Vec<String>>, local: bool) {
        let path = path.map(Arc::from);
        if local {
            self.local = Some(path);
        } else {
            self.session = path;
            self.local = None;
        }
    }

    pub(super) fn reset(&mut self) {
        self.session = Some(Arc::clone(&self.initial));
        self.local = None;
    }
}
