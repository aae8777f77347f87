//! The order of domains, and of migrations across domains.

use std::collections::BTreeMap;

use crate::model::Need;

/// Things that wait for each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// Domains that need each other as a whole.
    #[error("the domains depend on each other in a circle: {}", path.join(" → "))]
    Circle {
        /// The circle, its first name again at the end.
        path: Vec<String>,
    },
    /// Migrations that need each other.
    #[error("migrations wait for each other: {}", path.join(" → "))]
    Stuck {
        /// Each waits for the next one.
        path: Vec<String>,
    },
    /// A need that names no migration of the domain.
    #[error("{domain}: `{need}` is needed, but {} has no migration `{}`", need.domain, need.key.as_deref().unwrap_or_default())]
    Unknown {
        /// Who needs it.
        domain: String,
        /// What.
        need: Need,
    },
}

/// Names of domains in an order that keeps every need, otherwise as they are given.
///
/// A need of a single migration counts where nothing contradicts it; circles through single
/// migrations are for [`interleave`] to solve.
pub fn domains(needs: &[(String, Vec<Need>)]) -> Result<Vec<String>, OrderError> {
    let mut placed: Vec<String> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for (name, _) in needs {
        place(name, needs, &mut placed, &mut path)?;
    }
    Ok(placed)
}

fn place(
    name: &str,
    needs: &[(String, Vec<Need>)],
    placed: &mut Vec<String>,
    path: &mut Vec<String>,
) -> Result<(), OrderError> {
    if placed.iter().any(|done| done == name) {
        return Ok(());
    }
    if let Some(at) = path.iter().position(|waiting| waiting == name) {
        let mut path = path[at..].to_vec();
        path.push(name.to_owned());
        return Err(OrderError::Circle { path });
    }
    let Some((_, own)) = needs.iter().find(|(known, _)| known == name) else {
        return Ok(());
    };
    path.push(name.to_owned());
    for need in own.iter().filter(|need| need.domain != name) {
        let before = placed.len();
        let result = place(&need.domain, needs, placed, path);
        match result {
            // A need down to a migration may be met half way through.
            Err(OrderError::Circle { .. }) if need.key.is_some() => placed.truncate(before),
            other => other?,
        }
    }
    path.pop();
    placed.push(name.to_owned());
    Ok(())
}

/// A migration that waits to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its key in its domain.
    pub key: String,
    /// What must have run before, in other domains.
    pub needs: Vec<Need>,
}

/// What a domain has to run, in its own order, and what it has run already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// What waits, in the domain's order.
    pub waiting: Vec<Waiting>,
    /// Keys that have run.
    pub applied: Vec<String>,
}

/// A run of migrations of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The domain.
    pub domain: String,
    /// The keys, in order.
    pub keys: Vec<String>,
    /// Whether nothing of the domain is left behind it.
    pub last: bool,
}

/// Puts the queues of domains into one order: each domain runs as far as it can, in the order
/// given, and goes on when what it waits for has run.
pub fn interleave(queues: &[(String, Queue)]) -> Result<Vec<Segment>, OrderError> {
    let index: BTreeMap<&str, usize> = queues
        .iter()
        .enumerate()
        .map(|(index, (name, _))| (name.as_str(), index))
        .collect();
    for (domain, queue) in queues {
        for need in queue.waiting.iter().flat_map(|waiting| &waiting.needs) {
            let known = index.get(need.domain.as_str()).is_some_and(|index| {
                let other = &queues[*index].1;
                need.key.as_ref().is_none_or(|key| {
                    other.applied.contains(key)
                        || other.waiting.iter().any(|waiting| waiting.key == *key)
                })
            });
            if !known {
                return Err(OrderError::Unknown {
                    domain: domain.clone(),
                    need: need.clone(),
                });
            }
        }
    }
    let mut done = vec![0_usize; queues.len()];
    let mut segments: Vec<Segment> = Vec::new();
    loop {
        let mut moved = false;
        for (position, (name, queue)) in queues.iter().enumerate() {
            let mut keys = Vec::new();
            while let Some(next) = queue.waiting.get(done[position]) {
                if next
                    .needs
                    .iter()
                    .any(|need| !is_met(need, queues, &index, &done))
                {
                    break;
                }
                keys.push(next.key.clone());
                done[position] += 1;
            }
            if !keys.is_empty() {
                moved = true;
                let last = done[position] == queue.waiting.len();
                match segments
                    .last_mut()
                    .filter(|segment| segment.domain == *name)
                {
                    Some(segment) => {
                        segment.keys.extend(keys);
                        segment.last = last;
                    }
                    None => segments.push(Segment {
                        domain: name.clone(),
                        keys,
                        last,
                    }),
                }
            }
        }
        if !moved {
            break;
        }
    }
    match queues
        .iter()
        .zip(&done)
        .position(|((_, queue), done)| *done < queue.waiting.len())
    {
        None => Ok(segments),
        Some(stuck) => Err(OrderError::Stuck {
            path: circle(stuck, queues, &index, &done),
        }),
    }
}

fn is_met(
    need: &Need,
    queues: &[(String, Queue)],
    index: &BTreeMap<&str, usize>,
    done: &[usize],
) -> bool {
    let Some(at) = index.get(need.domain.as_str()) else {
        return false;
    };
    let queue = &queues[*at].1;
    match &need.key {
        None => done[*at] == queue.waiting.len(),
        Some(key) => {
            queue.applied.contains(key)
                || queue.waiting[..done[*at]]
                    .iter()
                    .any(|waiting| waiting.key == *key)
        }
    }
}

/// Follows who waits for whom from a domain that is stuck until somebody comes up again.
fn circle(
    start: usize,
    queues: &[(String, Queue)],
    index: &BTreeMap<&str, usize>,
    done: &[usize],
) -> Vec<String> {
    let mut seen: Vec<usize> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut at = start;
    loop {
        let Some(waiting) = queues[at].1.waiting.get(done[at]) else {
            return path;
        };
        path.push(format!("{}@{}", queues[at].0, waiting.key));
        if let Some(first) = seen.iter().position(|before| *before == at) {
            return path.split_off(first);
        }
        seen.push(at);
        let unmet = waiting
            .needs
            .iter()
            .find(|need| !is_met(need, queues, index, done));
        match unmet.and_then(|need| index.get(need.domain.as_str())) {
            Some(next) => at = *next,
            None => return path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(text: &str) -> Vec<Need> {
        text.split_whitespace().filter_map(Need::parse).collect()
    }

    fn order(spec: &[(&str, &str)]) -> Result<String, String> {
        let spec: Vec<_> = spec
            .iter()
            .map(|(name, text)| ((*name).to_owned(), needs(text)))
            .collect();
        domains(&spec)
            .map(|names| names.join(" "))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn domains_stand_behind_what_they_need() {
        assert_eq!(order(&[("a", ""), ("b", "")]), Ok("a b".to_owned()));
        assert_eq!(
            order(&[
                ("users", "auth character"),
                ("auth", ""),
                ("character", "auth")
            ]),
            Ok("auth character users".to_owned())
        );
        assert_eq!(
            order(&[("a", "b"), ("b", "c"), ("c", "a")]),
            Err("the domains depend on each other in a circle: a → b → c → a".to_owned())
        );
        // Down to a migration the circle may be none.
        assert_eq!(
            order(&[("users", "auth@2"), ("auth", "users@1")]),
            Ok("auth users".to_owned())
        );
    }

    fn queue(waiting: &[(&str, &str)], applied: &str) -> Queue {
        Queue {
            waiting: waiting
                .iter()
                .map(|(key, text)| Waiting {
                    key: (*key).to_owned(),
                    needs: needs(text),
                })
                .collect(),
            applied: applied.split_whitespace().map(str::to_owned).collect(),
        }
    }

    fn runs(queues: &[(&str, Queue)]) -> Result<String, String> {
        let queues: Vec<_> = queues
            .iter()
            .map(|(name, queue)| ((*name).to_owned(), queue.clone()))
            .collect();
        let segments = interleave(&queues).map_err(|error| error.to_string())?;
        let shown = segments.iter().map(|segment| {
            let end = if segment.last { "." } else { "" };
            format!("{}:{}{end}", segment.domain, segment.keys.join(","))
        });
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn migrations_wait_for_those_of_other_domains() {
        assert_eq!(
            runs(&[
                ("a", queue(&[("1", ""), ("2", "b@1"), ("3", "")], "")),
                ("b", queue(&[("1", "a@1"), ("2", "a")], "")),
            ]),
            Ok("a:1 b:1 a:2,3. b:2.".to_owned())
        );
        // What has run already is waited for no more.
        assert_eq!(
            runs(&[("a", queue(&[("2", "b@1")], "1")), ("b", queue(&[], "1"))]),
            Ok("a:2.".to_owned())
        );
        assert_eq!(
            runs(&[
                ("a", queue(&[("1", "b@1")], "")),
                ("b", queue(&[("1", "a@1")], "")),
            ]),
            Err("migrations wait for each other: a@1 → b@1 → a@1".to_owned())
        );
        assert_eq!(
            runs(&[("a", queue(&[("1", "b@9")], "")), ("b", queue(&[], "1"))]),
            Err("a: `b@9` is needed, but b has no migration `9`".to_owned())
        );
    }
}
