//! `SQLAlchemy`'s vocabulary as data, and the text it renders to.
