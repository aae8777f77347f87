//! The state of a session that decides in which schema a name is looked for.

use std::sync::Arc;

/// Schemas in the order in which they are searched; none when only the server knows them.
type Path = Option<Arc<[String]>>;

/// Which schemas are searched, as the statements of a script change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    initial: Arc<[String]>,
    now: Path,
    /// What holds again when the transaction ends, if something was set for it only.
    after_transaction: Vec<Path>,
}

impl Session {
    /// A session that searches these schemas, in order.
    pub fn new<S: Into<String>>(search_path: impl IntoIterator<Item = S>) -> Self {
        let initial: Arc<[String]> = search_path.into_iter().map(Into::into).collect();
        Self {
            now: Some(Arc::clone(&initial)),
            initial,
            after_transaction: Vec::new(),
        }
    }

    /// The schemas that are searched now; none when they are not known.
    pub fn search_path(&self) -> Option<&Arc<[String]>> {
        self.now.as_ref()
    }

    /// Forgets what was set for one transaction, as at its end.
    pub fn end_transaction(&mut self) {
        if let Some(before) = self.after_transaction.drain(..).next() {
            self.now = before;
        }
    }

    pub(super) fn set(&mut self, path: Option<Vec<String>>, local: bool) {
        let before = std::mem::replace(&mut self.now, path.map(Arc::from));
        if local {
            self.after_transaction.push(before);
        } else {
            self.after_transaction.clear();
        }
    }

    pub(super) fn reset(&mut self) {
        self.now = Some(Arc::clone(&self.initial));
        self.after_transaction.clear();
    }
}
