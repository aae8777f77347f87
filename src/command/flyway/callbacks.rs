//! A project's own scripts around the verbs.

use super::session::Session;
use crate::dialect::flyway::Event as Moment;
use crate::engine::{Hooks, Script, run_script};
use crate::error::Error;

impl Session<'_> {
    /// Runs the callbacks of a moment, each in a transaction of its own.
    pub(super) fn fire(&mut self, moment: Moment) -> Result<(), Error> {
        if self.config.dry_run_output.is_some() {
            return Ok(());
        }
        let budget = self.conflict_budget();
        for (script, in_transaction, name) in self.callback_scripts(moment)? {
            let database = self.connection.database();
            run_script(database, &script, in_transaction, budget, self.sink)
                .map_err(|cause| Error::callback(moment.id(), &name, cause))?;
        }
        Ok(())
    }

    /// Runs the callbacks for a failure; the failure itself stays the one that is reported.
    pub(super) fn fire_error(&mut self, moment: Moment) {
        if let Err(error) = self.fire(moment) {
            self.warn(format!("{error}"));
        }
    }

    /// Reads and cuts every callback of a migrate, so that a mistake in the last one is found before
    /// anything runs.
    pub(super) fn check_callbacks(&self) -> Result<(), Error> {
        let of_migrate = |event: Moment| {
            let id = event.id();
            [
                "Migrate",
                "Versioned",
                "Repeatables",
                "CreateSchema",
                "createSchema",
            ]
            .iter()
            .any(|word| id.contains(word))
        };
        self.catalog
            .callbacks
            .iter()
            .filter(|callback| of_migrate(callback.event))
            .try_for_each(|callback| self.prepare(&callback.source).map(drop))
    }

    fn callback_scripts(&self, moment: Moment) -> Result<Vec<(Script, bool, String)>, Error> {
        self.catalog
            .callbacks_of(moment)
            .map(|callback| {
                let script = self.prepare(&callback.source)?;
                let all_may = script.statements.iter().all(|one| one.transactional);
                let in_transaction = callback
                    .source
                    .config
                    .execute_in_transaction
                    .unwrap_or(all_may && self.config.execute_in_transaction);
                Ok((script, in_transaction, callback.source.script.clone()))
            })
            .collect()
    }

    fn scripts(&self, moment: Moment) -> Result<Vec<Script>, Error> {
        self.catalog
            .callbacks_of(moment)
            .map(|callback| self.prepare(&callback.source))
            .collect()
    }

    /// The callbacks around each migration and statement of a migrate.
    pub(super) fn migrate_hooks(&self) -> Result<Hooks, Error> {
        Ok(Hooks {
            before_each: self.scripts(Moment::BEFORE_EACH_MIGRATE)?,
            after_each: self.scripts(Moment::AFTER_EACH_MIGRATE)?,
            after_each_error: self.scripts(Moment::AFTER_EACH_MIGRATE_ERROR)?,
            before_statement: self.scripts(Moment::BEFORE_EACH_MIGRATE_STATEMENT)?,
            after_statement: self.scripts(Moment::AFTER_EACH_MIGRATE_STATEMENT)?,
            after_statement_error: self.scripts(Moment::AFTER_EACH_MIGRATE_STATEMENT_ERROR)?,
        })
    }

    /// The callbacks around each migration and statement of an undo.
    pub(super) fn undo_hooks(&self) -> Result<Hooks, Error> {
        Ok(Hooks {
            before_each: self.scripts(Moment::BEFORE_EACH_UNDO)?,
            after_each: self.scripts(Moment::AFTER_EACH_UNDO)?,
            after_each_error: self.scripts(Moment::AFTER_EACH_UNDO_ERROR)?,
            before_statement: self.scripts(Moment::BEFORE_EACH_UNDO_STATEMENT)?,
            after_statement: self.scripts(Moment::AFTER_EACH_UNDO_STATEMENT)?,
            after_statement_error: self.scripts(Moment::AFTER_EACH_UNDO_STATEMENT_ERROR)?,
        })
    }
}
