//! A complete directory of Alembic's for a new domain, which the original runs as it is.

/// The files of a directory: configuration, environment, template, first revision.
pub(super) fn files(name: &str, schema: &str) -> Vec<(String, String)> {
    let [own, all] =
        crate::model::Domain::new(name, crate::model::Dialect::Alembic, "").usual_variables();
    // A text of JSON's means the same to Python.
    let python = serde_json::Value::from(schema).to_string();
    let fill = |text: &str| {
        text.replace("@SCHEMA@", schema)
            .replace("@SCHEMA_LITERAL@", &python)
            .replace("@OWN_VARIABLE@", &own)
            .replace("@VARIABLE@", &all)
    };
    [
        ("alembic.ini", include_str!("alembic_directory/alembic.ini")),
        ("env.py", include_str!("alembic_directory/env.py")),
        (
            "script.py.mako",
            include_str!("alembic_directory/script.py.mako"),
        ),
        (
            "versions/0001_create_schema.py",
            include_str!("alembic_directory/first.py"),
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name.to_owned(), fill(text)))
    .collect()
}
