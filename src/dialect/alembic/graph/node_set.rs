//! A set of nodes of one graph.

/// The position of a revision in its graph.
pub type Node = usize;

/// A set of nodes, one bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet {
    words: Vec<u64>,
    count: usize,
}

impl NodeSet {
    /// An empty set of nodes of a graph with so many nodes.
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            words: vec![0; nodes.div_ceil(64)],
            count: 0,
        }
    }

    /// Adds a node; tells whether it was missing.
    pub fn insert(&mut self, node: Node) -> bool {
        let (word, bit) = (node / 64, 1_u64 << (node % 64));
        let Some(word) = self.words.get_mut(word) else {
            return false;
        };
        let missing = *word & bit == 0;
        *word |= bit;
        self.count += usize::from(missing);
        missing
    }

    /// Takes a node out; tells whether it was there.
    pub fn remove(&mut self, node: Node) -> bool {
        let present = self.contains(node);
        if present {
            self.words[node / 64] &= !(1_u64 << (node % 64));
            self.count -= 1;
        }
        present
    }

    /// Whether a node is in the set.
    pub fn contains(&self, node: Node) -> bool {
        self.words
            .get(node / 64)
            .is_some_and(|word| word >> (node % 64) & 1 == 1)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The nodes, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = Node> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                Some(index * 64 + bit)
            })
        })
    }

    /// Keeps what is in both.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.combine(other, |left, right| left & right);
    }

    /// Takes out what is in the other.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.combine(other, |left, right| left & !right);
    }

    /// Adds what is in the other.
    pub(super) fn unite(&mut self, other: &Self) {
        self.combine(other, |left, right| left | right);
    }

    /// Whether nothing is in both.
    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        self.words
            .iter()
            .zip(&other.words)
            .all(|(left, right)| left & right == 0)
    }

    fn combine(&mut self, other: &Self, operation: impl Fn(u64, u64) -> u64) {
        for (left, right) in self.words.iter_mut().zip(&other.words) {
            *left = operation(*left, *right);
        }
        self.count = self
            .words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum();
    }
}

impl Extend<Node> for NodeSet {
    fn extend<T: IntoIterator<Item = Node>>(&mut self, nodes: T) {
        for node in nodes {
            self.insert(node);
        }
    }
}
