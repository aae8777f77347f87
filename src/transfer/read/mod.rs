//! The file of a transfer, read and checked.
//!
//! The first step reads the form: keys, kinds of values, words of a list. The second holds the parts
//! against each other. Both go on after a mistake, so that all of them are told at once.

mod column;
mod fields;
mod references;
mod table;
#[cfg(test)]
mod tests;
mod values;

use indexmap::IndexMap;
use md5::{Digest, Md5};
use toml::de::DeTable;

use self::fields::Reader;
use super::{Declaration, Settings};
use crate::model::Place;

/// Something in the file of a transfer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct DeclarationError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Reads the file at `path`, whose name without the extension is `name`. All mistakes are told, in the
/// order of the file.
pub fn read(path: &str, name: &str, bytes: &[u8]) -> Result<Declaration, Vec<DeclarationError>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (good, _) = bytes.split_at(error.valid_up_to());
            let good = String::from_utf8_lossy(good);
            let reader = Reader::new(path, &good);
            reader.error(good.len()..good.len(), "the file is not UTF-8 from here on");
            return Err(reader.into_errors());
        }
    };
    let reader = Reader::new(path, text);
    let (document, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        for error in broken {
            reader.error(error.span().unwrap_or(0..0), error.message().to_owned());
        }
        return Err(reader.into_errors());
    }
    let declaration = declaration(&reader, path, name, bytes, document.get_ref());
    let errors = reader.into_errors();
    if errors.is_empty() {
        Ok(declaration)
    } else {
        Err(errors)
    }
}

fn declaration(
    reader: &Reader<'_>,
    path: &str,
    name: &str,
    bytes: &[u8],
    document: &DeTable<'_>,
) -> Declaration {
    if !values::is_plain_name(name) {
        reader.error_with(
            0..0,
            format!("`{name}` cannot be the name of a transfer"),
            "give the file a name of letters, digits and `_`",
        );
    }
    let fields = reader.fields(document, 0..0, "a transfer");
    let description = fields.text("description").map(|text| text.value);
    let domain = fields.required_text("domain");
    let source_domain = fields.text("source_domain");
    if let (Some(domain), Some(source)) = (&domain, &source_domain)
        && domain.value == source.value
    {
        reader.error_with(
            source.span.clone(),
            format!("`{}` is the domain of the target already", source.value),
            "leave `source_domain` out where source and target are in one database",
        );
    }
    let settings = Settings {
        phone_region: fields.text("phone_region").map(|text| {
            values::check_region(reader, &text);
            text.value
        }),
        time_zone: fields.text("time_zone").map(|text| {
            values::check_zone(reader, &text);
            text.value
        }),
        blanks: fields
            .texts("blanks")
            .into_iter()
            .map(|text| text.value)
            .collect(),
        quarantine_limit: fields
            .get("quarantine_limit")
            .and_then(|value| values::limit(reader, value)),
    };
    let needs = values::needs(reader, fields.texts("needs"));
    let mut left_behind = IndexMap::new();
    for (table, reason) in fields.named("left_behind") {
        let reason = reader.reason(reason);
        if let (Some(table), Some(reason)) = (values::table_name(reader, &table), reason) {
            left_behind.insert(table, reason.value);
        }
    }
    let mut checks = references::References::new(reader, &settings);
    let mut tables = Vec::new();
    for (item, span) in fields.tables("table") {
        if let Some((table, spans)) = table::table(reader, item, span) {
            checks.table(&table, &spans, &tables);
            tables.push(table);
        } else if let Some(name) = item.get("name").and_then(|name| name.get_ref().as_str()) {
            checks.broken(name.to_owned());
        }
    }
    if tables.is_empty() && !fields.has("table") {
        reader.error_with(
            0..0,
            "the transfer moves no table",
            "write a `[[table]]` for each table of the target",
        );
    }
    checks.left_behind(&left_behind, &tables, fields.span_of("left_behind"));
    fields.finish();
    Declaration {
        name: name.to_owned(),
        path: path.to_owned(),
        digest: hex::encode(Md5::digest(bytes)),
        description,
        domain: domain.map(|text| text.value).unwrap_or_default(),
        source_domain: source_domain.map(|text| text.value),
        needs,
        settings,
        tables,
        left_behind,
    }
}
