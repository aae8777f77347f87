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
    let mut expression = "CASE".to_owned();
    plan.quick(text, &mut expression);
    expression.push_str(&format!(" ELSE {} END", plan.slow(text)));
    expression
}

impl Plan {
    /// Conditions for which the result is known at once.
    fn quick(&self, text: &str, expression: &mut String) {
        // The usual separators only: each of them costs something for each letter.
        let digits = format!("translate({text}, '- ().', '')");
        let trunk = self.trunk.len();
        let (least, most) = self.lengths();
        let mut not = vec!["00".to_owned()];
        if !self.exit.is_empty() {
            not.push(self.exit.to_owned());
        }
        if self.trunk.is_empty() {
            let stops = self.first.chars().map(|digit| digit.to_string());
            not.extend(stops);
        } else {
            let stops = self.after_trunk.chars();
            not.extend(stops.map(|digit| format!("{}{digit}", self.trunk)));
            not.push(format!("{}00", self.trunk));
        }
        // In regions such as the one of +1 hardly anybody writes the prefix.
        let prefix = if self.trunk == self.code {
            ""
        } else {
            self.trunk
        };
        if prefix.is_empty() && !self.trunk.is_empty() {
            not.truncate(usize::from(!self.exit.is_empty()) + 1);
            not.extend(self.first.chars().map(|digit| digit.to_string()));
        }
        let trunk = if prefix.is_empty() { 0 } else { trunk };
        expression.push_str(&format!(
            " WHEN {digits} ~ '^{prefix}(?:{})$' AND {digits} !~ '^(?:{})' AND length({digits}) BETWEEN {} AND {} \
             THEN '+{}' || substr({digits}, {})",
            self.numbers,
            not.join("|"),
            least + trunk,
            most + trunk,
            self.code,
            trunk + 1,
        ));
        let code = self.code.len() + 1;
        expression.push_str(&format!(
            " WHEN {text} ~ '^[+]{}(?:{})$' AND {text} !~ '^[+]{}00' AND length({text}) BETWEEN {} AND {} THEN {text}",
            self.code,
            self.numbers,
            self.code,
            least + code,
            most + code,
        ));
    }

    /// The whole way, for any text.
    fn slow(&self, text: &str) -> String {
        let from = FULL_WIDTH
            .into_iter()
            .chain(SEPARATORS)
            .chain(blanks::all());
        let from = blanks::postgres_literal(from);
        let code = self.code;
        let after = code.len() + 1;
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
        // `OFFSET 0` keeps the server from putting the inner expression in each place of its name.
        format!(
            "(SELECT CASE \
             WHEN dialled !~ '^[+]?[0-9]+$' THEN NULL \
             WHEN left(abroad, {length}) = '{code}' AND {own_fits} THEN '+{code}' || own \
             WHEN left(abroad, {length}) = '{code}' AND {own_bare_fits} THEN '+{code}' || own_bare \
             WHEN left(abroad, {length}) <> '{code}' AND abroad ~ '^[1-9][0-9]{{6,14}}$' THEN '+' || abroad \
             WHEN left(dialled, 1) = '+' THEN NULL \
             WHEN {bare_fits} THEN '+{code}' || bare \
             WHEN {dialled_fits} THEN '+{code}' || dialled \
             WHEN left(dialled, {length}) <> '{code}' THEN NULL \
             WHEN {home_fits} THEN '+{code}' || home \
             WHEN {home_bare_fits} THEN '+{code}' || home_bare \
             END FROM (SELECT dialled, abroad, own, home, \
             {strip_own} AS own_bare, {strip_home} AS home_bare, {strip_dialled} AS bare \
             FROM (SELECT dialled, abroad, substr(abroad, {after}) AS own, substr(dialled, {after}) AS home \
             FROM (SELECT dialled, CASE WHEN left(dialled, 1) = '+' THEN substr(dialled, 2){outward} \
             WHEN left(dialled, {exit_length}) = '00{code}' THEN substr(dialled, 3) END AS abroad \
             FROM (SELECT translate({text}, {from}, '{PLAIN}') AS dialled OFFSET 0) AS digits \
             OFFSET 0) AS ways OFFSET 0) AS parts OFFSET 0) AS numbers)",
            length = code.len(),
            exit_length = code.len() + 2,
            own_fits = self.fits_expression("own"),
            own_bare_fits = self.fits_expression("own_bare"),
            bare_fits = self.fits_expression("bare"),
            dialled_fits = self.fits_expression("dialled"),
            home_fits = self.fits_expression("home"),
            home_bare_fits = self.fits_expression("home_bare"),
            strip_own = self.strip_expression("own"),
            strip_home = self.strip_expression("home"),
            strip_dialled = self.strip_expression("dialled"),
        )
    }

    fn fits_expression(&self, name: &str) -> String {
        let (least, most) = self.lengths();
        format!(
            "(length({name}) BETWEEN {least} AND {most} AND left({name}, 2) <> '00' AND {name} ~ '^(?:{})$')",
            self.numbers
        )
    }

    fn strip_expression(&self, name: &str) -> String {
        if self.prefix.is_empty() {
            return name.to_owned();
        }
        let pattern = literal(&format!("^(?:{})", self.prefix), Flavor::Postgres);
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
