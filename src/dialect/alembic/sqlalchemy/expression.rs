//! SQL expressions as immutable trees that share their parts.

mod adapt;
mod construct;
mod element;
mod function;
mod group;
mod inspect;
mod json;
mod operate;
mod operator;
mod postgres;
mod text;
mod window;

pub use construct::{
    Quantifier, all_, and_, any_, array, bind, case, cast, collate, column, compare_items,
    distinct, exists, exists_anything, expanding_bind, extract, false_, inline_literal, label,
    label_reference, literal, literal_column, not_, null, or_, true_, try_cast, tuple, type_coerce,
};
pub(super) use construct::{unique_bind, where_conditions};
pub use element::{
    Anonymous, Binary, BinaryModifiers, Bind, BindKey, ColumnElement, Element, Expr,
    ExpressionList, Frame, FrameBound, Label, LabelName, TableColumn,
};
pub use function::{Function, function, next_value};
pub(super) use json::HSTORE_ITEM;
pub use json::JsonCast;
pub use operate::{Operand, Subscript};
pub use operator::{CustomOperator, Operator};
pub(super) use text::{Piece, pieces, unescape_colons};
pub use text::{TextClause, text};
pub use window::{Over, WindowFrames};
