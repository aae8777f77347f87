//! The imaginary database on which the migrations are followed.

use std::collections::{HashMap, HashSet};

use crate::sql::summary::{Action, Moment, ObjectKind, Touch};

/// Objects in different spaces may share a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// Tables, views, sequences and indexes.
    Relation,
    Type,
    Function,
    Schema,
}

/// One name in one schema of the database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) space: Space,
    pub(super) schema: String,
    pub(super) name: String,
}

/// A place where an object is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) domain: usize,
    pub(super) migration: usize,
    pub(super) offset: usize,
    /// Whether it creates the object whenever it runs.
    pub(super) sure: bool,
}

impl Origin {
    /// Whether both are the same migration.
    pub(super) fn same_migration(&self, other: &Self) -> bool {
        (self.domain, self.migration) == (other.domain, other.migration)
    }

    /// Whether it runs before the other, or is the same migration.
    pub(super) fn not_after(&self, other: &Self) -> bool {
        (self.domain, self.migration) <= (other.domain, other.migration)
    }
}

/// An object that is there.
#[derive(Debug, Clone)]
pub(super) struct Object {
    /// Who creates it; the first one is who does it on an empty database.
    pub(super) origins: Vec<Origin>,
    /// Whether it is certain to be there.
    pub(super) sure: bool,
}

/// What is there, and what has ever been.
#[derive(Debug, Default)]
pub(super) struct Database {
    objects: HashMap<Key, Object>,
    /// Views and the like that go when something goes with `CASCADE`.
    dependents: HashMap<Key, Vec<Key>>,
    /// Names that were created where nobody knows.
    unplaced: HashSet<String>,
    /// The first statement that may create whatever it puts together at run time.
    pub(super) conjures: Option<Origin>,
}

/// Where temporary objects are.
const TEMPORARY: &str = "pg_temp";

/// The spaces in which a name of this kind may be found.
pub(super) fn spaces(kind: ObjectKind) -> &'static [Space] {
    match kind {
        ObjectKind::Table
        | ObjectKind::View
        | ObjectKind::MaterializedView
        | ObjectKind::Sequence
        | ObjectKind::Index => &[Space::Relation],
        // A table is a type as well.
        ObjectKind::Type => &[Space::Type, Space::Relation],
        ObjectKind::Function => &[Space::Function],
        ObjectKind::Schema => &[Space::Schema],
        ObjectKind::Trigger | ObjectKind::Extension => &[],
    }
}

/// The names under which the object of a touch may be found, in the server's order.
pub(super) fn candidates(touch: &Touch) -> Vec<Key> {
    let mut keys = Vec::new();
    for space in spaces(touch.kind) {
        let key = |schema: &str| Key {
            space: *space,
            schema: schema.to_owned(),
            name: touch.name.name.clone(),
        };
        if *space == Space::Schema {
            keys.push(key(""));
            continue;
        }
        if touch.name.schema.is_none() {
            keys.push(key(TEMPORARY));
        }
        keys.extend(touch.schemas().map(key));
    }
    keys
}

/// The name under which the object of a touch is created.
pub(super) fn target(touch: &Touch) -> Option<Key> {
    let space = *spaces(touch.kind).first()?;
    let temporary = matches!(
        touch.action,
        Action::Creates {
            temporary: true,
            ..
        }
    );
    let schema = match space {
        Space::Schema => "",
        _ if temporary => TEMPORARY,
        _ => touch.schemas().next()?,
    };
    Some(Key {
        space,
        schema: schema.to_owned(),
        name: touch.name.name.clone(),
    })
}

impl Database {
    pub(super) fn get(&self, key: &Key) -> Option<&Object> {
        self.objects.get(key)
    }

    /// The first of the names under which something is there.
    pub(super) fn find(&self, keys: &[Key]) -> Option<(&Object, Key)> {
        keys.iter()
            .find_map(|key| self.objects.get(key).map(|object| (object, key.clone())))
    }

    /// Whether an object of that name was created in a schema that is not known.
    pub(super) fn is_unplaced(&self, name: &str) -> bool {
        self.unplaced.contains(name)
    }

    pub(super) fn create(&mut self, touch: &Touch, origin: Origin) {
        let Some(key) = target(touch) else {
            self.unplaced.insert(touch.name.name.clone());
            return;
        };
        let object = self.objects.entry(key).or_insert(Object {
            origins: Vec::new(),
            sure: false,
        });
        object.origins.push(origin);
        object.sure |= origin.sure;
    }

    /// Takes note that `dependent` goes when `key` goes with `CASCADE`.
    pub(super) fn depend(&mut self, key: Key, dependent: Key) {
        if key != dependent {
            self.dependents.entry(key).or_default().push(dependent);
        }
    }

    /// Takes the object away, or makes it uncertain.
    pub(super) fn drop(&mut self, key: &Key, moment: Moment, cascade: bool) {
        if moment == Moment::Now {
            self.objects.remove(key);
        } else if let Some(object) = self.objects.get_mut(key) {
            object.sure = false;
        }
        if key.space == Space::Schema {
            self.drop_schema(&key.name, moment);
        }
        if cascade {
            self.doubt_dependents(key);
        }
    }

    fn drop_schema(&mut self, schema: &str, moment: Moment) {
        if moment == Moment::Now {
            self.objects.retain(|key, _| key.schema != schema);
            return;
        }
        for (key, object) in &mut self.objects {
            object.sure &= key.schema != schema;
        }
    }

    /// Makes uncertain whatever goes when the object goes with all that depends on it.
    pub(super) fn doubt_dependents(&mut self, key: &Key) {
        let mut open = vec![key.clone()];
        let mut seen = HashSet::new();
        while let Some(key) = open.pop() {
            for dependent in self.dependents.get(&key).into_iter().flatten() {
                if seen.insert(dependent.clone()) {
                    if let Some(object) = self.objects.get_mut(dependent) {
                        object.sure = false;
                    }
                    open.push(dependent.clone());
                }
            }
        }
    }

    /// Gives the object another name. It keeps its origins.
    pub(super) fn rename(&mut self, from: &Key, to: Key, moment: Moment) {
        if from.space == Space::Schema {
            self.rename_schema(&from.name, &to.name);
        }
        let Some(mut object) = self.objects.get(from).cloned() else {
            return;
        };
        if moment == Moment::Now {
            self.objects.remove(from);
        } else {
            object.sure = false;
            self.objects.insert(from.clone(), object.clone());
        }
        if let Some(dependents) = self.dependents.get(from).cloned() {
            self.dependents.insert(to.clone(), dependents);
        }
        self.objects.insert(to, object);
    }

    fn rename_schema(&mut self, from: &str, to: &str) {
        let inside: Vec<Key> = self
            .objects
            .keys()
            .filter(|key| key.schema == from && key.space != Space::Schema)
            .cloned()
            .collect();
        for key in inside {
            if let Some(object) = self.objects.remove(&key) {
                let moved = Key {
                    schema: to.to_owned(),
                    ..key
                };
                self.objects.insert(moved, object);
            }
        }
    }
}
