//! Hides the secrets in any connection URL, well-formed or not.
//!
//! When the boundaries are unclear this hides too much rather than too little.

use percent_encoding::percent_decode_str;

/// What stands in the place of a secret.
const MASK: &str = "****";

/// Words that make a parameter secret, in any case and anywhere in its name.
const SECRET_WORDS: [&str; 5] = ["password", "passwd", "secret", "token", "hexkey"];

/// Whether the value of a parameter of this name must be hidden.
#[must_use]
pub(crate) fn is_secret_name(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy().to_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// The text with every password replaced by `****`.
///
/// ```text
/// postgres://app:hunter2@host/db?sslpassword=x  ->  postgres://app:****@host/db?sslpassword=****
/// ```
#[must_use]
pub fn redact(url: &str) -> String {
    let url = redact_authority(url);
    let Some((before, query)) = url.split_once('?') else {
        return redact_address_list(&url);
    };
    let parameters: Vec<String> = query.split('&').map(redact_parameter).collect();
    format!("{}?{}", redact_address_list(before), parameters.join("&"))
}

/// Hides `:password` in `//user:password@host`.
fn redact_authority(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("//") else {
        return url.to_owned();
    };
    let Some(at) = end_of_user_information(rest) else {
        return url.to_owned();
    };
    let user = rest[..at].split(':').next().unwrap_or_default();
    if user.len() == at {
        return url.to_owned();
    }
    format!("{scheme}//{user}:{MASK}{}", &rest[at..])
}

/// Where the `@` stands that ends the user and password, if there is one.
///
/// An unencoded `/` or `?` in a password moves the end of the authority; so the last `@` before
/// the parameters counts, or the last one at all when what precedes it is no host and port.
fn end_of_user_information(rest: &str) -> Option<usize> {
    let query = rest.find('?').unwrap_or(rest.len());
    if let Some(at) = rest[..query].rfind('@') {
        return Some(at);
    }
    let at = rest.rfind('@')?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let before = rest[..at].rsplit(['?', '&']).next().unwrap_or_default();
    let inside_parameter = before.contains('=') && authority.split(',').all(is_host_and_port);
    (!inside_parameter).then_some(at)
}

/// Whether the text is `host`, `host:1234` or `[::1]:1234`, and so cannot be `user:password`.
fn is_host_and_port(text: &str) -> bool {
    let after_host = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((_, after)) => after,
        None => text.find(':').map_or("", |colon| &text[colon..]),
    };
    let port = after_host.strip_prefix(':');
    after_host.is_empty()
        || port.is_some_and(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

fn redact_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if is_secret_name(name) => format!("{name}={MASK}"),
        _ => parameter.to_owned(),
    }
}

/// Hides the rest of `(host=h,password=p)`: where such a value ends cannot be told for certain.
fn redact_address_list(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.find("password=") {
        Some(start) => format!("{}{MASK}", &text[..start + "password=".len()]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_the_rest_is_kept() {
        let cases = [
            (
                "jdbc:postgresql://h:1/d?user=u&password=p",
                "jdbc:postgresql://h:1/d?user=u&password=****",
            ),
            ("postgres://u:p@h/d", "postgres://u:****@h/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://u:p/q@h/d", "postgres://u:****@h/d"),
            ("postgres://u:p?q@h/d", "postgres://u:****@h/d"),
            ("postgres://u:p@q@h/d", "postgres://u:****@h/d"),
            (
                "postgres://h/d?pass%77ord=x",
                "postgres://h/d?pass%77ord=****",
            ),
            (
                "postgres://h/d?SSLPassword=x&a=b",
                "postgres://h/d?SSLPassword=****&a=b",
            ),
            (
                "jdbc:postgresql://[::1]:5432/d?user=a@b",
                "jdbc:postgresql://[::1]:5432/d?user=a@b",
            ),
            (
                "jdbc:mysql://(host=h,password=a)b)/d",
                "jdbc:mysql://(host=h,password=****",
            ),
            ("jdbc:sqlite:x.db", "jdbc:sqlite:x.db"),
            ("nonsense", "nonsense"),
        ];
        for (url, expected) in cases {
            assert_eq!(redact(url), expected);
        }
    }
}
