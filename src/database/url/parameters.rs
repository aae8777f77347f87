//! Parameters of the Java driver for PostgreSQL and their counterparts in libpq.

use super::UrlError;

/// What a list of JDBC parameters means to libpq.
#[derive(Debug, Default)]
pub(super) struct Translation {
    /// Keywords and values of libpq.
    pub(super) settings: Vec<(&'static str, String)>,
    /// One remark for each parameter without a counterpart.
    pub(super) warnings: Vec<String>,
}

/// Parameters that only change their name.
const RENAMED: [(&str, &str); 21] = [
    ("user", "user"),
    ("password", "password"),
    ("sslmode", "sslmode"),
    ("sslrootcert", "sslrootcert"),
    ("sslcert", "sslcert"),
    ("sslkey", "sslkey"),
    ("sslpassword", "sslpassword"),
    ("sslNegotiation", "sslnegotiation"),
    ("ApplicationName", "application_name"),
    ("gssEncMode", "gssencmode"),
    ("channelBinding", "channel_binding"),
    ("requireAuth", "require_auth"),
    ("kerberosServerName", "krbsrvname"),
    ("service", "service"),
    ("passfile", "passfile"),
    ("sslcrl", "sslcrl"),
    ("sslcompression", "sslcompression"),
    // Names of libpq that people also write into JDBC URLs.
    ("application_name", "application_name"),
    ("connect_timeout", "connect_timeout"),
    ("target_session_attrs", "target_session_attrs"),
    ("channel_binding", "channel_binding"),
];

/// Parameters that tune the Java driver and change nothing for a migration.
const HARMLESS: [&str; 44] = [
    "adaptiveFetch",
    "adaptiveFetchMaximum",
    "adaptiveFetchMinimum",
    "allowEncodingChanges",
    "assumeMinServerVersion",
    "autosave",
    "binaryTransfer",
    "binaryTransferDisable",
    "binaryTransferEnable",
    "cancelSignalTimeout",
    "cleanupSavepoints",
    "convertBooleanToNumeric",
    "databaseMetadataCacheFields",
    "databaseMetadataCacheFieldsMiB",
    "defaultRowFetchSize",
    "disableColumnSanitiser",
    "escapeSyntaxCallMode",
    "groupStartupParameters",
    "gssResponseTimeout",
    "hideUnprivilegedObjects",
    "hostRecheckSeconds",
    "logServerErrorDetail",
    "logUnclosedConnections",
    "loggerFile",
    "loggerLevel",
    "maxResultBuffer",
    "maxSendBufferSize",
    "preferQueryMode",
    "preparedStatementCacheQueries",
    "preparedStatementCacheSizeMiB",
    "prepareThreshold",
    "protocolVersion",
    "queryTimeout",
    "quoteReturningIdentifiers",
    "readOnly",
    "readOnlyMode",
    "receiveBufferSize",
    "reWriteBatchedInserts",
    "sendBufferSize",
    "socketTimeout",
    "sslResponseTimeout",
    "stringtype",
    "tcpNoDelay",
    "unknownLength",
];

/// Turns JDBC parameters into libpq settings.
pub(super) fn translate(parameters: &[(String, String)]) -> Result<Translation, UrlError> {
    let mut result = Translation::default();
    for (name, value) in parameters {
        if let Some((_, keyword)) = RENAMED.iter().find(|(known, _)| known == name) {
            result.settings.push((keyword, value.clone()));
            result.warnings.extend(key_format_warning(name, value));
        } else if !HARMLESS.contains(&name.as_str()) {
            translate_special(name, value, parameters, &mut result)?;
        }
    }
    result.settings.extend(options(parameters));
    Ok(result)
}

/// Parameters whose values change as well.
fn translate_special(
    name: &str,
    value: &str,
    all: &[(String, String)],
    result: &mut Translation,
) -> Result<(), UrlError> {
    let settings = &mut result.settings;
    match name {
        // Both are collected by `options`.
        "currentSchema" | "options" => {}
        "ssl" => settings.extend(ssl_mode(value, all)?),
        "sslfactory" => {
            if value.ends_with("NonValidatingFactory") {
                // Handled together with `ssl`, unless that is absent.
                if find(all, "ssl").is_none() && find(all, "sslmode").is_none() {
                    settings.push(("sslmode", "require".to_owned()));
                }
            } else if !value.ends_with("LibPQFactory") {
                result.warnings.push(no_effect(name));
            }
        }
        "connectTimeout" | "loginTimeout" => {
            if name == "connectTimeout" || find(all, "connectTimeout").is_none() {
                settings.push(("connect_timeout", seconds(name, value)?));
            }
        }
        "tcpKeepAlive" => {
            let on = boolean(name, value)?;
            settings.push(("keepalives", String::from(if on { "1" } else { "0" })));
        }
        "loadBalanceHosts" => {
            let on = boolean(name, value)?;
            let mode = if on { "random" } else { "disable" };
            settings.push(("load_balance_hosts", mode.to_owned()));
        }
        "targetServerType" => {
            settings.push((
                "target_session_attrs",
                session_attributes(value)?.to_owned(),
            ));
        }
        "replication" => {
            return Err(UrlError::UnsupportedParameter {
                name: name.to_owned(),
                reason: "migrations cannot run over a replication connection",
            });
        }
        _ => result.warnings.push(no_effect(name)),
    }
    Ok(())
}

fn no_effect(name: &str) -> String {
    format!("the connection parameter `{name}` has no effect")
}

fn find<'a>(all: &'a [(String, String)], name: &str) -> Option<&'a str> {
    all.iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// `ssl=true` means full verification, unless `sslmode` or a trusting factory says otherwise.
fn ssl_mode(
    value: &str,
    all: &[(String, String)],
) -> Result<Option<(&'static str, String)>, UrlError> {
    let wanted = value.is_empty() || boolean("ssl", value)?;
    if !wanted || find(all, "sslmode").is_some() {
        return Ok(None);
    }
    let trusting = find(all, "sslfactory").is_some_and(|f| f.ends_with("NonValidatingFactory"));
    let mode = if trusting { "require" } else { "verify-full" };
    Ok(Some(("sslmode", mode.to_owned())))
}

/// The start-up options: those of the URL, and the search path.
fn options(parameters: &[(String, String)]) -> Option<(&'static str, String)> {
    let given = find(parameters, "options").map(str::to_owned);
    let path = find(parameters, "currentSchema")
        .filter(|path| !path.is_empty())
        .map(|path| {
            // libpq splits this text at spaces; a backslash protects the next character.
            let escaped = path.replace('\\', "\\\\").replace(' ', "\\ ");
            format!("-c search_path={escaped}")
        });
    let all: Vec<String> = given.into_iter().chain(path).collect();
    (!all.is_empty()).then(|| ("options", all.join(" ")))
}

fn session_attributes(value: &str) -> Result<&'static str, UrlError> {
    match value.to_ascii_lowercase().as_str() {
        "any" => Ok("any"),
        // libpq can prefer a standby, but not a primary; a migration needs a primary anyway.
        "primary" | "master" | "preferprimary" => Ok("primary"),
        "secondary" | "slave" => Ok("standby"),
        "prefersecondary" | "preferslave" => Ok("prefer-standby"),
        _ => Err(UrlError::InvalidParameter {
            name: "targetServerType".to_owned(),
            expected: "`any`, `primary`, `secondary`, `preferPrimary` or `preferSecondary`",
        }),
    }
}

fn boolean(name: &str, value: &str) -> Result<bool, UrlError> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(UrlError::InvalidParameter {
            name: name.to_owned(),
            expected: "`true` or `false`",
        }),
    }
}

fn seconds(name: &str, value: &str) -> Result<String, UrlError> {
    match value.parse::<u32>() {
        Ok(number) => Ok(number.to_string()),
        Err(_) => Err(UrlError::InvalidParameter {
            name: name.to_owned(),
            expected: "a number of seconds",
        }),
    }
}

/// The Java driver reads keys that OpenSSL does not.
fn key_format_warning(name: &str, value: &str) -> Option<String> {
    let java_only = [".pk8", ".p12", ".pfx", ".der"]
        .iter()
        .any(|ending| value.to_ascii_lowercase().ends_with(ending));
    (name == "sslkey" && java_only).then(|| {
        "the key in `sslkey` must be in PEM format here, not PKCS-8 DER or PKCS-12".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &str) {
        let parameters: Vec<(String, String)> = query
            .split('&')
            .map(|token| token.split_once('=').unwrap_or((token, "")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let found = match translate(&parameters) {
            Ok(found) => {
                let settings = found
                    .settings
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"));
                let warnings = found.warnings.iter().map(|warning| format!("! {warning}"));
                settings.chain(warnings).collect::<Vec<_>>().join("; ")
            }
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn parameters_become_keywords() {
        check("sslmode=verify-ca", "sslmode=verify-ca");
        check("ApplicationName=x", "application_name=x");
        check("currentSchema=a,b", "options=-c search_path=a,b");
        check("currentSchema=\"a b\"", "options=-c search_path=\"a\\ b\"");
        check(
            "options=-c x=y&currentSchema=s",
            "options=-c x=y -c search_path=s",
        );
        check("ssl=true", "sslmode=verify-full");
        check("ssl", "sslmode=verify-full");
        check("ssl=false", "");
        check("ssl=true&sslmode=require", "sslmode=require");
        check(
            "ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory",
            "sslmode=require",
        );
        check(
            "sslfactory=org.postgresql.ssl.NonValidatingFactory",
            "sslmode=require",
        );
        check(
            "sslfactory=x.Y",
            "! the connection parameter `sslfactory` has no effect",
        );
        check("connectTimeout=5&loginTimeout=7", "connect_timeout=5");
        check("loginTimeout=7", "connect_timeout=7");
        check("tcpKeepAlive=TRUE", "keepalives=1");
        check("loadBalanceHosts=true", "load_balance_hosts=random");
        check(
            "targetServerType=preferSecondary",
            "target_session_attrs=prefer-standby",
        );
        check("targetServerType=master", "target_session_attrs=primary");
        check(
            "gssEncMode=disable&channelBinding=require",
            "gssencmode=disable; channel_binding=require",
        );
        check(
            "reWriteBatchedInserts=true&prepareThreshold=0&socketTimeout=9",
            "",
        );
        check("foo=1", "! the connection parameter `foo` has no effect");
        check(
            "sslkey=k.pk8",
            "sslkey=k.pk8; ! the key in `sslkey` must be in PEM format here, not PKCS-8 DER or PKCS-12",
        );
    }

    #[test]
    fn impossible_values_are_refused() {
        check(
            "ssl=yes",
            "error: the connection parameter `ssl` has a value that cannot be used",
        );
        check(
            "connectTimeout=x",
            "error: the connection parameter `connectTimeout` has a value that cannot be used",
        );
        check(
            "targetServerType=x",
            "error: the connection parameter `targetServerType` has a value that cannot be used",
        );
        check(
            "replication=database",
            "error: the connection parameter `replication` is not supported",
        );
    }
}
