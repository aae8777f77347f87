//! The text of a Python file, decoded as Python does.

use std::borrow::Cow;
use std::path::Path;

use crate::model::Place;

/// A file whose text cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Bytes that are not in the encoding of the file.
    #[error("the file is not valid {encoding}")]
    Undecodable {
        /// The encoding.
        encoding: String,
    },
    /// An encoding that is not known.
    #[error("unknown encoding: {encoding}")]
    UnknownEncoding {
        /// As the file names it.
        encoding: String,
    },
}

/// Decodes the bytes of a Python file: UTF-8, or what a comment in the first two lines says.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, TextError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let declared = declared_encoding(bytes);
    let name = declared.unwrap_or("utf-8");
    let normal = name.to_ascii_lowercase().replace('_', "-");
    if normal == "utf-8" || normal == "utf8" || normal.starts_with("utf-8-") {
        return std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|_| TextError::Undecodable {
                encoding: "UTF-8".to_owned(),
            });
    }
    let label = match normal.as_str() {
        "latin-1" | "latin1" | "iso-latin-1" => "iso-8859-1",
        "ascii" | "us-ascii" => "us-ascii",
        other => other,
    };
    let Some(encoding) = encoding_rs::Encoding::for_label(label.as_bytes()) else {
        return Err(TextError::UnknownEncoding {
            encoding: name.to_owned(),
        });
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| TextError::Undecodable {
            encoding: name.to_owned(),
        })
}

/// What `# -*- coding: NAME -*-` names.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii_start();
        if !line.starts_with(b"#") {
            if line.is_empty() {
                continue;
            }
            return None;
        }
        let line = std::str::from_utf8(line).ok()?;
        if let Some(at) = line.find("coding:").or_else(|| line.find("coding=")) {
            let rest = line[at + "coding:".len()..].trim_start();
            let end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
                .unwrap_or(rest.len());
            if end > 0 {
                return Some(&rest[..end]);
            }
        }
    }
    None
}

/// The place of a byte offset in a file's text.
pub fn place(path: &Path, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Place {
        path: path.to_owned(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}
