//! How large a tree of expressions, queries and sources is.
//!
//! Parts are shared, so that a few lines of a revision may describe a tree without end. What grows
//! too far is cut off while it is built, and refused when it is rendered.

/// Deeper trees than this are cut off.
const DEEPEST: u16 = 250;

/// Trees with more parts than this are cut off.
const LARGEST: u32 = 1 << 20;

/// How deeply a tree is nested, and how many parts it has when shared ones count each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::dialect::alembic) struct Extent {
    depth: u16,
    size: u32,
}

/// Why a tree is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// It is nested too deeply.
    Depth,
    /// It has too many parts.
    Size,
}

impl Excess {
    /// The extent of what stands in place of a tree: too large as well, so that whatever holds it
    /// is cut off, too.
    pub(super) fn extent(self) -> Extent {
        match self {
            Self::Depth => Extent {
                depth: u16::MAX,
                size: 1,
            },
            Self::Size => Extent {
                depth: 0,
                size: u32::MAX,
            },
        }
    }
}

impl Extent {
    /// A value.
    pub(super) const LEAF: Self = Self { depth: 1, size: 1 };

    /// Takes a part in.
    pub(super) fn add(&mut self, part: Self) {
        self.deepen(part);
        self.size = self.size.saturating_add(part.size);
    }

    /// Takes in a part that is not rendered here, only referred to.
    pub(super) fn deepen(&mut self, part: Self) {
        self.depth = self.depth.max(part.depth);
    }

    /// The extent of what holds these parts, unless it is too large.
    pub(super) fn around(self) -> Result<Self, Excess> {
        if self.depth > DEEPEST {
            Err(Excess::Depth)
        } else if self.size > LARGEST {
            Err(Excess::Size)
        } else {
            Ok(Self {
                depth: self.depth + 1,
                size: self.size + 1,
            })
        }
    }

    /// The number of parts; none where they are cut off.
    pub(in crate::dialect::alembic) fn size(self) -> usize {
        if self.size == u32::MAX {
            0
        } else {
            self.size as usize
        }
    }
}
