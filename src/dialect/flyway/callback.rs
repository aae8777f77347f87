//! The moments at which a project's own SQL runs around the commands.

/// A moment during a command. The names are Flyway's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Event(&'static str);

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)*) => {
        impl Event {
            $($(#[$doc])* pub const $name: Self = Self($id);)*
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

events! {
    /// Before anything of a migrate.
    BEFORE_MIGRATE = "beforeMigrate";
    /// Before each migration, in its transaction.
    BEFORE_EACH_MIGRATE = "beforeEachMigrate";
    /// Before each statement of a migration.
    BEFORE_EACH_MIGRATE_STATEMENT = "beforeEachMigrateStatement";
    /// After each statement that succeeded.
    AFTER_EACH_MIGRATE_STATEMENT = "afterEachMigrateStatement";
    /// After a statement that failed.
    AFTER_EACH_MIGRATE_STATEMENT_ERROR = "afterEachMigrateStatementError";
    /// After each migration, in its transaction.
    AFTER_EACH_MIGRATE = "afterEachMigrate";
    /// After a migration that failed.
    AFTER_EACH_MIGRATE_ERROR = "afterEachMigrateError";
    /// Before the first repeatable, when one is pending.
    BEFORE_REPEATABLES = "beforeRepeatables";
    /// After the last versioned migration, also when none ran.
    AFTER_VERSIONED = "afterVersioned";
    /// After a migrate in which something ran.
    AFTER_MIGRATE_APPLIED = "afterMigrateApplied";
    /// After every successful migrate.
    AFTER_MIGRATE = "afterMigrate";
    /// After a migrate that failed.
    AFTER_MIGRATE_ERROR = "afterMigrateError";
    /// After everything of a migrate.
    AFTER_MIGRATE_OPERATION_FINISH = "afterMigrateOperationFinish";
    /// Before anything of an undo.
    BEFORE_UNDO = "beforeUndo";
    /// Before each undone migration.
    BEFORE_EACH_UNDO = "beforeEachUndo";
    /// Before each statement of an undo script.
    BEFORE_EACH_UNDO_STATEMENT = "beforeEachUndoStatement";
    /// After each statement of an undo script that succeeded.
    AFTER_EACH_UNDO_STATEMENT = "afterEachUndoStatement";
    /// After a statement of an undo script that failed.
    AFTER_EACH_UNDO_STATEMENT_ERROR = "afterEachUndoStatementError";
    /// After each undone migration.
    AFTER_EACH_UNDO = "afterEachUndo";
    /// After an undo script that failed.
    AFTER_EACH_UNDO_ERROR = "afterEachUndoError";
    /// After every successful undo.
    AFTER_UNDO = "afterUndo";
    /// After an undo that failed.
    AFTER_UNDO_ERROR = "afterUndoError";
    /// Before a clean.
    BEFORE_CLEAN = "beforeClean";
    /// After a clean.
    AFTER_CLEAN = "afterClean";
    /// After a clean that failed.
    AFTER_CLEAN_ERROR = "afterCleanError";
    /// Before a validate.
    BEFORE_VALIDATE = "beforeValidate";
    /// After a successful validate.
    AFTER_VALIDATE = "afterValidate";
    /// After a validate that failed.
    AFTER_VALIDATE_ERROR = "afterValidateError";
    /// Before a baseline.
    BEFORE_BASELINE = "beforeBaseline";
    /// After a baseline.
    AFTER_BASELINE = "afterBaseline";
    /// After a baseline that failed.
    AFTER_BASELINE_ERROR = "afterBaselineError";
    /// Before a repair.
    BEFORE_REPAIR = "beforeRepair";
    /// After a repair.
    AFTER_REPAIR = "afterRepair";
    /// After a repair that failed.
    AFTER_REPAIR_ERROR = "afterRepairError";
    /// Before an info.
    BEFORE_INFO = "beforeInfo";
    /// After an info.
    AFTER_INFO = "afterInfo";
    /// After an info that failed.
    AFTER_INFO_ERROR = "afterInfoError";
    /// Before schemas are created (older name).
    CREATE_SCHEMA = "createSchema";
    /// Before schemas are created.
    BEFORE_CREATE_SCHEMA = "beforeCreateSchema";
    /// Before a connection is opened; only programs could use it.
    BEFORE_CONNECT = "beforeConnect";
    /// After a connection was opened.
    AFTER_CONNECT = "afterConnect";
    /// After everything of an info.
    AFTER_INFO_OPERATION_FINISH = "afterInfoOperationFinish";
    /// Before a deploy; never fired.
    BEFORE_DEPLOY = "beforeDeploy";
    /// After a deploy; never fired.
    AFTER_DEPLOY = "afterDeploy";
    /// After a failed deploy; never fired.
    AFTER_DEPLOY_ERROR = "afterDeployError";
}

impl Event {
    /// The exact spelling in file names.
    pub const fn id(self) -> &'static str {
        self.0
    }
}
