//! The same for PostgreSQL, as one expression.

use super::plan::{Plan, plan};
use super::{FULL_WIDTH, PLAIN, SEPARATORS, blanks};
use crate::sql::Flavor;
use crate::sql::quote::literal;

/// The expression around a text; NULL where the text is no number.
///
/// Numbers as most people write them, and those that are clean already, are told by one regular
/// expression. Only for the others is the inner expression kept in a subquery and taken apart.
pub(in super::super) fn postgres(text: &str, region: &str) -> String {
    let Some(plan) = plan(region) else {
        return "NULL::text".to_owned();
    };
    if plan.usual.is_empty() {
        return plan.slow(text);
    }
    let mut expression = "CASE".to_owned();
    plan.quick(text, &mut expression);
    expression.push_str(&format!(" ELSE {} END", plan.slow(text)));
    expression
}

impl Plan {
    /// Conditions for which the result is known at once. The server makes its machine for a regular
    /// expression anew for each text, so that a short one is worth a lot.
    fn quick(&self, text: &str, expression: &mut String) {
        let Self {
            code, trunk, usual, ..
        } = self;
        let digits = format!("replace({text}, '-', '')");
        let after = trunk.len() + 1;
        expression.push_str(&format!(
            " WHEN {digits} ~ '^{trunk}(?:{usual})$' THEN '+{code}' || substr({digits}, {after}) \
             WHEN {text} ~ '^[+]{code}(?:{usual})$' THEN {text}"
        ));
    }

    /// The whole way, for any text.
    fn slow(&self, text: &str) -> String {
        let all = || SEPARATORS.into_iter().chain(blanks::all());
        let ascii = blanks::postgres_literal(all().filter(char::is_ascii));
        let from = blanks::postgres_literal(FULL_WIDTH.into_iter().chain(all()));
        // `translate` looks at all of its letters for each letter of the text.
        let dialled = format!(
            "CASE WHEN octet_length({text}) = length({text}) THEN translate({text}, {ascii}, '') \
             ELSE translate({text}, {from}, '{PLAIN}') END"
        );
        let usual = if self.usual.is_empty() {
            String::new()
        } else {
            let (trunk, after) = (self.trunk, self.trunk.len() + 1);
            format!(
                " WHEN dialled ~ '^{trunk}(?:{})$' THEN '+{}' || substr(dialled, {after}) \
                 WHEN dialled ~ '^[+]{}(?:{})$' THEN dialled",
                self.usual, self.code, self.code, self.usual
            )
        };
        let code = self.code;
        let length = code.len();
        let after = length + 1;
        let exit_length = length + 2;
        let outward = if self.exit.is_empty() {
            String::new()
        } else {
            format!(
                " WHEN left(dialled, {}) = '{}' THEN substr(dialled, {})",
                self.exit.len(),
                self.exit,
                self.exit.len() + 1
            )
        };
        let own = format!("substr(abroad, {after})");
        let home = format!("substr(dialled, {after})");
        let bare = self.strip_expression("dialled");
        let own_bare = self.strip_expression(&own);
        let home_bare = self.strip_expression(&home);
        // `OFFSET 0` keeps the server from putting the inner expression in each place of its name.
        format!(
            "(SELECT CASE{usual} \
             WHEN dialled !~ '^[+]?[0-9]+$' THEN NULL \
             WHEN left(abroad, {length}) = '{code}' AND {own_fits} THEN '+{code}' || {own} \
             WHEN left(abroad, {length}) = '{code}' AND {own_bare_fits} THEN '+{code}' || ({own_bare}) \
             WHEN left(abroad, {length}) <> '{code}' AND abroad ~ '^[1-9][0-9]{{6,14}}$' THEN '+' || abroad \
             WHEN left(dialled, 1) = '+' THEN NULL \
             WHEN {bare_fits} THEN '+{code}' || ({bare}) \
             WHEN {dialled_fits} THEN '+{code}' || dialled \
             WHEN left(dialled, {length}) <> '{code}' THEN NULL \
             WHEN {home_fits} THEN '+{code}' || {home} \
             WHEN {home_bare_fits} THEN '+{code}' || ({home_bare}) \
             END FROM (SELECT dialled, CASE WHEN left(dialled, 1) = '+' THEN substr(dialled, 2){outward} \
             WHEN left(dialled, {exit_length}) = '00{code}' THEN substr(dialled, 3) END AS abroad \
             FROM (SELECT {dialled} AS dialled OFFSET 0) AS digits \
             OFFSET 0) AS ways)",
            own_fits = self.fits_expression(&own),
            own_bare_fits = self.fits_expression(&own_bare),
            bare_fits = self.fits_expression(&bare),
            dialled_fits = self.fits_expression("dialled"),
            home_fits = self.fits_expression(&home),
            home_bare_fits = self.fits_expression(&home_bare),
        )
    }

    fn fits_expression(&self, name: &str) -> String {
        let (least, most) = self.lengths();
        let name = format!("({name})");
        format!(
            "({name} ~ '^(?:{})$' AND length({name}) BETWEEN {least} AND {most} AND left({name}, 2) <> '00')",
            self.numbers
        )
    }

    fn strip_expression(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            return name.to_owned();
        }
        let pattern = literal(&format!("^(?:{})", self.prefix), Flavor::Postgres);
        if self.prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            let length = self.prefix.len();
            return format!(
                "CASE WHEN left({name}, {length}) = {} THEN substr({name}, {}) ELSE {name} END",
                literal(self.prefix, Flavor::Postgres),
                length + 1
            );
        }
        let stripped = format!("regexp_replace({name}, {pattern}, '')");
        if self.rule.is_empty() {
            return stripped;
        }
        let rule = literal(&self.rule.replace('$', "\\"), Flavor::Postgres);
        format!(
            "CASE WHEN (regexp_match({name}, {pattern}))[{}] IS NOT NULL \
             THEN regexp_replace({name}, {pattern}, {rule}) ELSE {stripped} END",
            self.groups
        )
    }
}
