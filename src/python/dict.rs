//! Dictionaries in insertion order, whose keys may define equality in the program.

use std::cell::RefCell;
use std::hash::Hasher;
use std::rc::Rc;

use hashbrown::HashTable;

use super::Failure;
use super::trash;
use super::types::quick_equals;
use super::value::Value;
use super::vm::Vm;

/// Up to so many entries are searched one after the other.
const SMALL: usize = 8;

/// The hash of a text as a key.
pub(crate) fn hash_str(text: &str) -> u64 {
    #[allow(clippy::default_trait_access)]
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(text.as_bytes());
    hasher.finish()
}

#[derive(Clone)]
struct Entry {
    hash: u64,
    key: Value,
    value: Value,
}

#[derive(Default)]
struct Entries {
    /// In insertion order; removed ones leave a gap.
    list: Vec<Option<Entry>>,
    /// Places in the list by hash; empty while the list is small.
    table: HashTable<usize>,
    live: usize,
    /// There is nothing before this place.
    head: usize,
}

/// A dictionary.
#[derive(Default)]
pub struct Dict {
    entries: RefCell<Entries>,
}

/// What a search without calling into the program found.
enum Found {
    At(usize),
    Absent,
    /// These keys have the same hash, and only the program can compare them.
    Ask(Vec<(usize, Value)>),
}

impl Entries {
    /// Looks for a key, and counts the keys that came into question.
    fn find(&self, hash: u64, key: &Value) -> (Found, usize) {
        let mut ask = Vec::new();
        let mut considered = 0;
        let mut consider = |place: usize| -> bool {
            considered += 1;
            let Some(Some(entry)) = self.list.get(place) else {
                return false;
            };
            if entry.hash != hash {
                return false;
            }
            if let Some(equal) = quick_equals(&entry.key, key) {
                equal
            } else {
                ask.push((place, entry.key.clone()));
                false
            }
        };
        if self.table.is_empty() {
            for place in 0..self.list.len() {
                if consider(place) {
                    return (Found::At(place), considered);
                }
            }
        } else if let Some(&place) = self.table.find(hash, |&place| consider(place)) {
            return (Found::At(place), considered);
        }
        let found = if ask.is_empty() {
            Found::Absent
        } else {
            Found::Ask(ask)
        };
        (found, considered)
    }

    fn find_str(&self, hash: u64, key: &str) -> Option<usize> {
        let matches = |place: usize| -> bool {
            matches!(self.list.get(place), Some(Some(entry))
                if entry.hash == hash && matches!(&entry.key, Value::Str(text) if **text == *key))
        };
        if self.table.is_empty() {
            (0..self.list.len()).find(|&place| matches(place))
        } else {
            self.table.find(hash, |&place| matches(place)).copied()
        }
    }

    fn push(&mut self, hash: u64, key: Value, value: Value) {
        if self.list.len() > 2 * SMALL && self.live * 2 < self.list.len() {
            self.list.retain(Option::is_some);
            self.head = 0;
            self.index();
        }
        let place = self.list.len();
        self.list.push(Some(Entry { hash, key, value }));
        self.live += 1;
        if !self.table.is_empty() {
            let list = &self.list;
            self.table
                .insert_unique(hash, place, |&place| hash_at(list, place));
        } else if self.list.len() > SMALL {
            self.index();
        }
    }

    fn index(&mut self) {
        self.table.clear();
        if self.list.len() <= SMALL {
            return;
        }
        let list = &self.list;
        for (place, entry) in list.iter().enumerate() {
            if let Some(entry) = entry {
                self.table
                    .insert_unique(entry.hash, place, |&place| hash_at(list, place));
            }
        }
    }

    fn remove(&mut self, place: usize) -> Option<(Value, Value)> {
        let entry = self.list.get_mut(place)?.take()?;
        if !self.table.is_empty()
            && let Ok(found) = self.table.find_entry(entry.hash, |&at| at == place)
        {
            found.remove();
        }
        self.live -= 1;
        if self.live == 0 {
            self.list.clear();
            self.table.clear();
            self.head = 0;
        } else if place + 1 == self.list.len() {
            while matches!(self.list.last(), Some(None)) {
                self.list.pop();
            }
        }
        Some((entry.key, entry.value))
    }
}

fn hash_at(list: &[Option<Entry>], place: usize) -> u64 {
    match list.get(place) {
        Some(Some(entry)) => entry.hash,
        _ => 0,
    }
}

impl Dict {
    /// A dictionary with text keys.
    pub fn of<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        let dict = Self::default();
        for (key, value) in entries {
            dict.set_str(key, value);
        }
        dict
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.borrow().live
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the keys.
    pub fn keys(&self) -> Vec<Value> {
        let entries = self.entries.borrow();
        entries
            .list
            .iter()
            .flatten()
            .map(|entry| entry.key.clone())
            .collect()
    }

    /// A copy of the values.
    pub fn values(&self) -> Vec<Value> {
        let entries = self.entries.borrow();
        entries
            .list
            .iter()
            .flatten()
            .map(|entry| entry.value.clone())
            .collect()
    }

    /// A copy of the entries.
    pub fn items(&self) -> Vec<(Value, Value)> {
        let entries = self.entries.borrow();
        entries
            .list
            .iter()
            .flatten()
            .map(|entry| (entry.key.clone(), entry.value.clone()))
            .collect()
    }

    /// The value of a text key.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        self.get_str_hashed(key, hash_str(key))
    }

    pub(crate) fn get_str_hashed(&self, key: &str, hash: u64) -> Option<Value> {
        let entries = self.entries.borrow();
        if entries.live == 0 {
            return None;
        }
        let place = entries.find_str(hash, key)?;
        entries
            .list
            .get(place)?
            .as_ref()
            .map(|entry| entry.value.clone())
    }

    /// Sets the value of a text key.
    pub fn set_str(&self, key: &str, value: Value) {
        self.set_str_hashed(key, hash_str(key), || Rc::from(key), value);
    }

    pub(crate) fn set_str_hashed(
        &self,
        key: &str,
        hash: u64,
        make: impl FnOnce() -> Rc<str>,
        value: Value,
    ) {
        let old = {
            let mut entries = self.entries.borrow_mut();
            if let Some(place) = entries.find_str(hash, key) {
                match entries.list.get_mut(place) {
                    Some(Some(entry)) => Some(std::mem::replace(&mut entry.value, value)),
                    _ => None,
                }
            } else {
                entries.push(hash, Value::Str(make()), value);
                None
            }
        };
        // Dropped after the borrow ended: dropping may reach this dictionary again.
        drop(old);
    }

    /// Removes a text key.
    pub fn remove_str(&self, key: &str) -> Option<Value> {
        let hash = hash_str(key);
        let mut entries = self.entries.borrow_mut();
        let place = entries.find_str(hash, key)?;
        entries.remove(place).map(|(_, value)| value)
    }

    fn locate(&self, vm: &mut Vm, hash: u64, key: &Value) -> Result<Option<usize>, Failure> {
        let (found, considered) = self.entries.borrow().find(hash, key);
        // Many keys of one hash make every search a long one.
        vm.steps(considered / (2 * SMALL))?;
        match found {
            Found::At(place) => Ok(Some(place)),
            Found::Absent => Ok(None),
            Found::Ask(candidates) => {
                for (place, candidate) in candidates {
                    if vm.equals(&candidate, key)? {
                        return Ok(Some(place));
                    }
                }
                Ok(None)
            }
        }
    }

    /// The value of a key; `TypeError` for unhashable ones.
    pub fn get(&self, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let hash = vm.hash(key)?;
        let Some(place) = self.locate(vm, hash, key)? else {
            return Ok(None);
        };
        let entries = self.entries.borrow();
        Ok(match entries.list.get(place) {
            Some(Some(entry)) => Some(entry.value.clone()),
            _ => None,
        })
    }

    /// Whether there is such a key.
    pub fn contains(&self, vm: &mut Vm, key: &Value) -> Result<bool, Failure> {
        let hash = vm.hash(key)?;
        Ok(self.locate(vm, hash, key)?.is_some())
    }

    /// Sets the value of a key; `TypeError` for unhashable ones.
    pub fn insert(&self, vm: &mut Vm, key: Value, value: Value) -> Result<(), Failure> {
        let hash = vm.hash(&key)?;
        let place = self.locate(vm, hash, &key)?;
        let old = {
            let mut entries = self.entries.borrow_mut();
            if let Some(Some(entry)) = place.and_then(|place| entries.list.get_mut(place)) {
                Some(std::mem::replace(&mut entry.value, value))
            } else {
                entries.push(hash, key, value);
                None
            }
        };
        drop(old);
        Ok(())
    }

    /// Removes a key, giving its value.
    pub fn remove(&self, vm: &mut Vm, key: &Value) -> Result<Option<Value>, Failure> {
        let hash = vm.hash(key)?;
        let Some(place) = self.locate(vm, hash, key)? else {
            return Ok(None);
        };
        let removed = self.entries.borrow_mut().remove(place);
        Ok(removed.map(|(_, value)| value))
    }

    /// Removes the last or first entry.
    pub(crate) fn pop(&self, last: bool) -> Option<(Value, Value)> {
        let mut entries = self.entries.borrow_mut();
        let place = if last {
            entries.list.iter().rposition(Option::is_some)
        } else {
            let head = entries.head;
            let found = entries.list.iter().skip(head).position(Option::is_some);
            found.map(|place| {
                entries.head = head + place;
                head + place
            })
        }?;
        entries.remove(place)
    }

    /// The first entry at or after a place, and the place after it.
    pub(crate) fn next_from(&self, place: usize) -> Option<(usize, Value, Value)> {
        let mut entries = self.entries.borrow_mut();
        let mut place = place.max(entries.head);
        if place == entries.head {
            while matches!(entries.list.get(place), Some(None)) {
                place += 1;
            }
            entries.head = place;
        }
        while let Some(entry) = entries.list.get(place) {
            place += 1;
            if let Some(entry) = entry {
                return Some((place, entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// Removes everything.
    pub fn clear(&self) {
        let old = std::mem::take(&mut *self.entries.borrow_mut());
        bury(old);
    }

    /// A copy with the same entries.
    #[must_use]
    pub fn copy(&self) -> Dict {
        let entries = self.entries.borrow();
        let mut copy = Entries {
            list: entries.list.iter().flatten().cloned().map(Some).collect(),
            table: HashTable::new(),
            live: entries.live,
            head: 0,
        };
        copy.index();
        Dict {
            entries: RefCell::new(copy),
        }
    }

    /// Exchanges the contents of two dictionaries.
    pub(crate) fn replace_with(&self, other: Dict) {
        let mut other = other;
        let old = std::mem::replace(
            &mut *self.entries.borrow_mut(),
            std::mem::take(other.entries.get_mut()),
        );
        bury(old);
    }

    /// The entries with text keys, as keyword arguments are.
    pub fn text_items(&self) -> Vec<(Rc<str>, Value)> {
        let entries = self.entries.borrow();
        entries
            .list
            .iter()
            .flatten()
            .filter_map(|entry| match &entry.key {
                Value::Str(key) => Some((key.clone(), entry.value.clone())),
                _ => None,
            })
            .collect()
    }
}

fn bury(mut entries: Entries) {
    let values: Vec<Value> = entries
        .list
        .drain(..)
        .flatten()
        .flat_map(|entry| [entry.key, entry.value])
        .collect();
    trash::bury(values);
}

impl Drop for Dict {
    fn drop(&mut self) {
        bury(std::mem::take(self.entries.get_mut()));
    }
}
