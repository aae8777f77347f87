//! The rows of a table as they will be: source columns cleaned, mapped and cast, with what does not
//! fit.
//!
//! The query is built in layers, each a subquery of the next: raw values (`stillway_a1` …), mapped
//! values (`stillway_b1` …), and the target's columns under their own names with the reasons why a
//! row cannot move. Layers whose values are used several times are fenced, so that the server
//! computes them once.

use super::plan::{Plan, TablePlan};
use super::shape::{ColumnShape, Kind};
use super::text::Text;
use super::work::Work;
use super::{Column, Misfit, Normalizer, Order, Value};

/// What a query of mapped rows is for.
#[derive(Debug, Clone, Default)]
pub(super) struct Request<'a> {
    /// A condition on `source`.
    pub(super) filter: Option<String>,
    /// Whether parents are looked up; only while decisions are made, when the rows that stay are known.
    pub(super) parents: bool,
    /// Columns of the source that come along as `stillway_o1` ….
    pub(super) orders: &'a [Order],
}

/// Builds the queries of one table.
pub(super) struct Mapping<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) table: &'p TablePlan<'a>,
    pub(super) work: &'p Work,
}

/// A column on its way through the layers.
struct Stage<'p> {
    at: usize,
    name: &'p str,
    shape: &'p ColumnShape,
    column: &'p Column,
    /// The kind of its raw value after cleaning.
    kind: Kind,
    /// The first layer: what the value is made of.
    raw: String,
    /// The same for each candidate by itself, where one that is not understood gives way to the next.
    candidates: Vec<String>,
    /// The second: mapped; nothing where it is the first's.
    mapped: Option<String>,
}

impl<'p, 'a> Mapping<'p, 'a> {
    fn text(&self) -> Text {
        self.plan.text
    }

    /// Rows as the target will have them: `stillway_k1` …, the target's columns,
    /// `stillway_excluded`, `stillway_reasons`, `stillway_notes`, `stillway_undecided`.
    pub(super) fn rows(&self, request: &Request<'_>) -> String {
        let text = self.text();
        let stages = self.stages();
        let keys = self.key_names();
        let first = self.first_layer(&stages, request);
        let heavy = stages
            .iter()
            .any(|stage| stage.mapped.is_some() || !stage.column.clean.is_empty());
        let fence = if heavy { text.fence() } else { "" };
        let mut second = keys.clone();
        for stage in &stages {
            second.push(format!("stillway_a{}", stage.at));
            for candidate in 1..=stage.candidates.len() {
                let own = format!("{}c{candidate}", stage.at);
                let cleaned = self.understood(stage.column, format!("stillway_a{own}"));
                second.push(format!("stillway_a{own}, {cleaned} AS stillway_b{own}"));
            }
            if let Some(mapped) = &stage.mapped {
                second.push(format!("{mapped} AS stillway_b{}", stage.at));
            }
            if request.parents && stage.column.parent.is_some() {
                second.push(format!("stillway_p{}", stage.at));
            }
        }
        second.push("stillway_x".to_owned());
        second.extend((1..=request.orders.len()).map(|at| format!("stillway_o{at}")));
        let second = match stages.iter().any(|stage| stage.mapped.is_some()) {
            true => format!(
                "(SELECT {} FROM ({first}{fence}) s1{fence}) s2",
                second.join(", ")
            ),
            false => format!("({first}{fence}) s2"),
        };
        let mut third = keys.clone();
        let mut findings = Findings::default();
        for stage in &stages {
            let value = self.value(stage, request, &mut findings);
            third.push(format!("{value} AS {}", text.name(stage.name)));
        }
        third.push("stillway_x AS stillway_excluded".to_owned());
        third.extend((1..=request.orders.len()).map(|at| format!("stillway_o{at}")));
        let mut checks = Vec::new();
        for (name, condition) in &self.table.target.checks {
            checks.push(Finding {
                condition: format!("NOT ({condition})"),
                reason: text.literal(&format!("check:{name}")),
                misfit: self.table.declared.check,
            });
        }
        third.push(format!(
            "{} AS stillway_reasons",
            findings.of(Misfit::Quarantine)
        ));
        third.push(format!("{} AS stillway_notes", findings.notes()));
        third.push(format!(
            "{} AS stillway_undecided",
            findings.of(Misfit::Abort)
        ));
        if request.parents {
            third.push(format!("{} AS stillway_nulls", orphans(&stages)));
        }
        let third = format!("SELECT {} FROM {second}", third.join(", "));
        if checks.is_empty() {
            return third;
        }
        let checks = Findings { all: checks };
        let mut fourth = keys;
        fourth.extend(self.table.written().map(|(name, _, _)| text.name(name)));
        fourth.push("stillway_excluded, stillway_notes".to_owned());
        if request.parents {
            fourth.push("stillway_nulls".to_owned());
        }
        fourth.extend((1..=request.orders.len()).map(|at| format!("stillway_o{at}")));
        let both =
            |own: &str, more: String| format!("nullif(concat_ws(',', {own}, {more}), '') AS {own}");
        fourth.push(both("stillway_reasons", checks.of(Misfit::Quarantine)));
        fourth.push(both("stillway_undecided", checks.of(Misfit::Abort)));
        format!(
            "SELECT {} FROM ({third}{}) s3",
            fourth.join(", "),
            text.fence()
        )
    }

    /// Rows that move, with what was decided about them: `stillway_k1` …, the target's columns.
    /// Rows that do not fit and about which nothing was decided are left out; so are set aside ones.
    pub(super) fn moving(&self, request: &Request<'_>) -> String {
        let text = self.text();
        let mut columns: Vec<String> = self
            .key_names()
            .iter()
            .map(|key| format!("m.{key}"))
            .collect();
        for (name, _, _) in self.table.written() {
            let quoted = text.name(name);
            columns.push(format!("{} AS {quoted}", self.decided(name)));
        }
        columns.extend((1..=request.orders.len()).map(|at| format!("m.stillway_o{at}")));
        let predicate = "coalesce(d.outcome, 'moved') = 'moved' AND m.stillway_reasons IS NULL AND m.stillway_undecided IS NULL AND m.stillway_excluded IS NULL";
        format!(
            "SELECT {} FROM ({}) m LEFT JOIN {} d ON {} WHERE {predicate}",
            columns.join(", "),
            self.rows(request),
            self.work.decision(self.table),
            self.on_keys("d", "m"),
        )
    }

    /// A column of `m` with what the decision `d` says about it.
    fn decided(&self, name: &str) -> String {
        let text = self.text();
        let mut value = format!("m.{}", text.name(name));
        let is_key = self.table.target_key.iter().any(|key| key == name);
        if self.table.merges() && !is_key {
            value = format!(
                "CASE WHEN d.filled THEN d.{} ELSE {value} END",
                text.name(&format!("fill_{name}"))
            );
        }
        if self.may_be_nulled(name) {
            value = format!(
                "CASE WHEN {} THEN NULL ELSE {value} END",
                text.lists("d.nulls", name)
            );
        }
        value
    }

    fn may_be_nulled(&self, name: &str) -> bool {
        let column = self.table.declared.columns.get(name);
        let orphan =
            column.is_some_and(|column| column.parent.is_some() && column.orphan == Misfit::Null);
        orphan || self.table.unique.iter().any(|unique| {
            matches!(unique.action(), super::ConflictAction::NullOthers(columns) if columns.iter().any(|column| column == name))
        })
    }

    /// `stillway_k1` ….
    pub(super) fn key_names(&self) -> Vec<String> {
        (1..=self.table.declared.key.len())
            .map(|at| format!("stillway_k{at}"))
            .collect()
    }

    /// `work.k1 = rows.stillway_k1 AND …`.
    pub(super) fn on_keys(&self, work: &str, rows: &str) -> String {
        let keys = 1..=self.table.declared.key.len();
        let equal: Vec<_> = keys
            .map(|at| format!("{work}.k{at} = {rows}.stillway_k{at}"))
            .collect();
        equal.join(" AND ")
    }

    /// `work.k1 = source."id" AND …`.
    pub(super) fn on_source(&self, work: &str, source: &str) -> String {
        let keys = self.table.declared.key.iter().enumerate();
        let equal: Vec<_> = keys
            .map(|(at, name)| format!("{work}.k{} = {source}.{}", at + 1, self.text().name(name)))
            .collect();
        equal.join(" AND ")
    }

    /// `target."id" = ledger.k1 AND …`.
    pub(super) fn on_ledger(&self, target: &str, ledger: &str) -> String {
        let columns = self.work.ledger_target(self.table);
        let keys = self.table.target_key.iter().zip(columns);
        let equal: Vec<_> = keys
            .map(|(name, column)| {
                format!("{target}.{} = {ledger}.{column}", self.text().name(name))
            })
            .collect();
        equal.join(" AND ")
    }

    /// `target."id" = rows."id" AND …`.
    pub(super) fn on_target(&self, target: &str, rows: &str) -> String {
        let equal: Vec<_> = self
            .table
            .target_key
            .iter()
            .map(|name| {
                let name = self.text().name(name);
                format!("{target}.{name} = {rows}.{name}")
            })
            .collect();
        equal.join(" AND ")
    }

    /// The source with its lookups, as it stands behind `FROM`.
    pub(super) fn source_joined(&self) -> String {
        let text = self.text();
        let mut from = format!("{} AS source", self.source());
        for lookup in &self.table.lookups {
            if lookup.shape.is_none() {
                continue;
            }
            let table = text.table(&lookup.declared.source);
            let on: Vec<_> = lookup
                .declared
                .on
                .iter()
                .map(|(own, outer)| {
                    format!(
                        "{}.{} = source.{}",
                        text.name(lookup.name),
                        text.name(own),
                        text.name(outer)
                    )
                })
                .collect();
            let table = match lookup.ambiguous {
                false => table,
                true => {
                    let passed: Vec<_> = lookup
                        .declared
                        .key
                        .iter()
                        .map(|key| format!("p.{0} = l.{0}", text.name(key)))
                        .collect();
                    let first = lookup
                        .declared
                        .key
                        .first()
                        .map(|key| text.name(key))
                        .unwrap_or_default();
                    format!(
                        "(SELECT l.* FROM {table} l LEFT JOIN {} p ON {} WHERE p.{first} IS NULL)",
                        self.work.passed_over(self.table, lookup.name),
                        passed.join(" AND ")
                    )
                }
            };
            from.push_str(&format!(
                " LEFT JOIN {table} AS {} ON {}",
                text.name(lookup.name),
                on.join(" AND ")
            ));
        }
        from
    }

    /// What stands behind `FROM`; a source that is not there has no rows, and then nothing is asked.
    pub(super) fn source(&self) -> &str {
        self.table
            .source
            .as_ref()
            .map_or("", |source| source.from.as_str())
    }

    fn stages(&self) -> Vec<Stage<'_>> {
        let written = self.table.written().enumerate();
        written
            .map(|(at, (name, shape, column))| self.stage(at + 1, name, shape, column))
            .collect()
    }

    fn stage<'s>(
        &'s self,
        at: usize,
        name: &'s str,
        shape: &'s ColumnShape,
        column: &'s Column,
    ) -> Stage<'s> {
        let text = self.text();
        let (mut raw, mut kind) = self.raw(column, shape);
        let phone = refusing_step(self, column);
        let mut candidates = Vec::new();
        if let Value::Columns(names) = &column.value
            && phone.is_some()
            && column.invalid == Misfit::Null
            && column.map.is_none()
            && names.len() > 1
        {
            candidates = self.candidates(column, names, shape).0;
        }
        let mut mapped = None;
        let input = format!("stillway_a{at}");
        if let Some(phone) = phone {
            let mut value = input.clone();
            for step in &column.clean[phone..] {
                value = self.clean(step, &self.step_input(step, value, &kind));
                kind = kind_after(step);
            }
            mapped = Some(value);
        }
        if let Some(map) = &column.map {
            let value = mapped.unwrap_or_else(|| input.clone());
            let mut cases = format!("CASE {value}");
            for (from, to) in map {
                let to = to.as_ref().map_or("NULL".to_owned(), |to| text.literal(to));
                cases.push_str(&format!(" WHEN {} THEN {to}", text.literal(from)));
            }
            mapped = Some(format!("{cases} END"));
            kind = Kind::Text(None);
        }
        if column.parent.is_some() && self.parent_merges(column) {
            // Other actions note who came first too; only a merged row is part of it.
            raw = format!("CASE WHEN d{at}.outcome = 'merged' THEN d{at}.winner_t1 ELSE {raw} END");
        }
        Stage {
            at,
            name,
            shape,
            column,
            kind,
            raw,
            candidates,
            mapped,
        }
    }

    /// A cleaned text after the step that may not understand it, and those behind it.
    fn understood(&self, column: &Column, input: String) -> String {
        let refusing = refusing_step(self, column).unwrap_or(column.clean.len());
        let mut kind = Kind::Text(None);
        let mut value = input;
        for step in &column.clean[refusing..] {
            value = self.clean(step, &self.step_input(step, value, &kind));
            kind = kind_after(step);
        }
        value
    }

    /// A time zone is given to a timestamp, so a text becomes one first.
    fn step_input(&self, step: &Normalizer, value: String, kind: &Kind) -> String {
        let zone = matches!(step, Normalizer::TimeZone { .. });
        match zone && matches!(kind, Kind::Text(_)) && self.text().is_postgres() {
            true => format!("({value})::timestamp"),
            false => value,
        }
    }

    fn parent_merges(&self, column: &Column) -> bool {
        let parent = column
            .parent
            .as_ref()
            .and_then(|parent| self.plan.table(parent));
        parent.is_some_and(|(_, parent)| parent.source.is_some() && parent.merges())
    }

    fn clean(&self, step: &Normalizer, inner: &str) -> String {
        let settings = &self.plan.declaration.settings;
        match self.text().is_postgres() {
            true => step.postgres(inner, settings),
            false => step.sqlite(inner, settings),
        }
    }

    /// The raw value of a column after the cleaning that comes before a telephone number's.
    fn raw(&self, column: &Column, shape: &ColumnShape) -> (String, Kind) {
        let text = self.text();
        match &column.value {
            Value::Constant(None) => (
                format!("CAST(NULL AS {})", self.cast_type(shape)),
                shape.kind.clone(),
            ),
            Value::Constant(Some(value)) => (text.literal(value), Kind::Text(None)),
            Value::Expression(sql) => {
                let sql = sql.of(text.backend).unwrap_or("NULL");
                let textual = column.map.is_some()
                    || !column.clean.is_empty()
                    || matches!(shape.kind, Kind::Enum(_));
                let zoned = column
                    .clean
                    .iter()
                    .all(|step| matches!(step, Normalizer::TimeZone { .. }));
                let (mut value, kind) = match textual && !(zoned && !column.clean.is_empty()) {
                    true => (
                        text.as_text(&format!("({sql})"), &Kind::Other),
                        Kind::Text(None),
                    ),
                    false => (format!("({sql})"), shape.kind.clone()),
                };
                for step in
                    &column.clean[..refusing_step(self, column).unwrap_or(column.clean.len())]
                {
                    value = self.clean(step, &value);
                }
                (value, kind)
            }
            Value::Columns(names) => {
                let (mut candidates, kind) = self.candidates(column, names, shape);
                let value = match candidates.len() {
                    0 => format!("CAST(NULL AS {})", self.cast_type(shape)),
                    1 => candidates.remove(0),
                    _ => format!("coalesce({})", candidates.join(", ")),
                };
                (value, kind)
            }
        }
    }

    /// What a value may come from, the first that is there, cleaned as far as nothing is refused.
    fn candidates(
        &self,
        column: &Column,
        names: &[String],
        shape: &ColumnShape,
    ) -> (Vec<String>, Kind) {
        let text = self.text();
        let mut kind = Kind::Other;
        let mut candidates = Vec::new();
        let steps = &column.clean[..refusing_step(self, column).unwrap_or(column.clean.len())];
        for name in names {
            let Some(found) = self.table.raw_shape(name) else {
                continue;
            };
            let (alias, own) = name.split_once('.').unwrap_or(("source", name));
            let mut value = format!("{}.{}", text.name(alias), text.name(own));
            let textual = column.map.is_some()
                || column
                    .clean
                    .iter()
                    .any(|step| !matches!(step, Normalizer::TimeZone { .. }))
                || matches!(shape.kind, Kind::Enum(_)) && found.type_name != shape.type_name;
            kind = found.kind.clone();
            if textual {
                value = text.as_text(&value, &found.kind);
                kind = Kind::Text(None);
            }
            for step in steps {
                if matches!(step, Normalizer::TimeZone { .. }) {
                    if kind == Kind::Zoned {
                        continue;
                    }
                    value = self.step_input(step, value, &kind);
                }
                value = self.clean(step, &value);
                kind = kind_after(step);
            }
            candidates.push(value);
        }
        (candidates, kind)
    }

    fn first_layer(&self, stages: &[Stage<'_>], request: &Request<'_>) -> String {
        let text = self.text();
        let mut columns: Vec<String> = self
            .table
            .declared
            .key
            .iter()
            .enumerate()
            .map(|(at, name)| format!("source.{} AS stillway_k{}", text.name(name), at + 1))
            .collect();
        let mut from = self.source_joined();
        for stage in stages {
            columns.push(format!("{} AS stillway_a{}", stage.raw, stage.at));
            for (candidate, raw) in stage.candidates.iter().enumerate() {
                columns.push(format!("{raw} AS stillway_a{}c{}", stage.at, candidate + 1));
            }
            let Some((_, parent)) = stage
                .column
                .parent
                .as_ref()
                .and_then(|name| self.plan.table(name))
            else {
                continue;
            };
            if parent.source.is_some() && (request.parents || parent.merges()) {
                let own = self.raw(stage.column, stage.shape).0;
                let decision = self.work.decision(parent);
                from.push_str(&format!(
                    " LEFT JOIN {decision} d{0} ON {1}",
                    stage.at,
                    self.equal(&format!("d{}.k1", stage.at), &own, parent, stage)
                ));
            }
            if request.parents {
                columns.push(self.parent_state(stage, parent, &mut from));
            }
        }
        let mut excluded = String::new();
        for (rule, condition) in &self.table.declared.exclude {
            let condition = condition.of(text.backend).unwrap_or("false");
            excluded.push_str(&format!(
                " WHEN ({condition}) THEN {}",
                text.literal(&format!("excluded:{rule}"))
            ));
        }
        columns.push(match excluded.is_empty() {
            true => format!("CAST(NULL AS {}) AS stillway_x", "text"),
            false => format!("CASE{excluded} END AS stillway_x"),
        });
        for (at, order) in request.orders.iter().enumerate() {
            let (alias, name) = order
                .column
                .split_once('.')
                .unwrap_or(("source", &order.column));
            columns.push(format!(
                "{}.{} AS stillway_o{}",
                text.name(alias),
                text.name(name),
                at + 1
            ));
        }
        let filter = request
            .filter
            .as_ref()
            .map(|filter| format!(" WHERE {filter}"))
            .unwrap_or_default();
        format!("SELECT {} FROM {from}{filter}", columns.join(", "))
    }

    /// Compares a parent's key with what refers to it, whatever the types.
    fn equal(&self, key: &str, own: &str, parent: &TablePlan<'_>, stage: &Stage<'_>) -> String {
        let same = !self.text().is_postgres()
            || parent
                .key()
                .first()
                .is_some_and(|(_, shape)| shape.kind == stage.kind);
        match same {
            true => format!("{key} = {own}"),
            false => format!("({key})::text = ({own})::text"),
        }
    }

    /// Why the parent will not be there; nothing where it will.
    fn parent_state(&self, stage: &Stage<'_>, parent: &TablePlan<'_>, from: &mut String) -> String {
        let text = self.text();
        let at = stage.at;
        let own = self.raw(stage.column, stage.shape).0;
        // Rows that stay in the target count, whatever becomes of their sources; those of ours that do
        // not stay go where their sources go.
        let (there, key) = match &parent.source {
            Some(_) => {
                let number = self
                    .plan
                    .table(&parent.declared.name)
                    .map_or(0, |(at, _)| at);
                (
                    self.work.scratch(&format!("fixed_{number}")),
                    "t1".to_owned(),
                )
            }
            None => {
                let key = parent.target_key.first().map(|key| text.name(key));
                (text.table(&parent.declared.target), key.unwrap_or_default())
            }
        };
        let equal = self.equal(&format!("t{at}.{key}"), &own, parent, stage);
        from.push_str(&format!(" LEFT JOIN {there} AS t{at} ON {equal}"));
        let mut cases = format!("CASE WHEN {own} IS NULL OR t{at}.{key} IS NOT NULL THEN NULL");
        if let Some(source) = &parent.source {
            cases.push_str(&format!(" WHEN d{at}.outcome IN ('quarantined', 'undecided') THEN 'parent_quarantined' WHEN d{at}.outcome = 'skipped' THEN 'parent_skipped'"));
            let key = parent
                .declared
                .key
                .first()
                .map(|key| text.name(key))
                .unwrap_or_default();
            let equal = self.equal(&format!("p{at}.{key}"), &own, parent, stage);
            from.push_str(&format!(" LEFT JOIN {} AS p{at} ON {equal}", source.from));
            cases.push_str(&format!(" WHEN p{at}.{key} IS NOT NULL THEN NULL"));
        }
        format!("{cases} ELSE 'no_parent' END AS stillway_p{at}")
    }

    /// The type that a value is cast to: without a length, because a cast would cut it off silently.
    fn cast_type(&self, shape: &ColumnShape) -> String {
        match shape.kind {
            Kind::Text(_) => "text".to_owned(),
            _ if !self.text().is_postgres() => "text".to_owned(),
            _ => shape.type_name.clone(),
        }
    }

    /// The value of the third layer, and what may be wrong with it.
    fn value(&self, stage: &Stage<'_>, request: &Request<'_>, findings: &mut Findings) -> String {
        let text = self.text();
        let (name, column) = (stage.name, stage.column);
        let first = format!("stillway_a{}", stage.at);
        let mut value = match stage.mapped {
            Some(_) => format!("stillway_b{}", stage.at),
            None => first.clone(),
        };
        let mut lost: Vec<String> = Vec::new();
        let mut odd: Vec<String> = Vec::new();
        let reason = |code: &str| text.literal(&format!("{code}:{name}"));
        // What the target does not take cannot be kept.
        let taken = |misfit: Misfit| match misfit {
            Misfit::Keep => Misfit::Quarantine,
            other => other,
        };
        if !stage.candidates.is_empty() {
            // Each that is not understood gives way to the next, and its loss is recorded.
            let names: Vec<String> = (1..=stage.candidates.len())
                .map(|candidate| format!("{}c{candidate}", stage.at))
                .collect();
            let mut before = String::new();
            let mut refused = Vec::new();
            for own in &names {
                refused.push(format!(
                    "({before}stillway_a{own} IS NOT NULL AND stillway_b{own} IS NULL)"
                ));
                before.push_str(&format!("stillway_b{own} IS NULL AND "));
            }
            findings.all.push(Finding {
                condition: format!("({})", refused.join(" OR ")),
                reason: reason("invalid"),
                misfit: Misfit::Null,
            });
            let names: Vec<_> = names.iter().map(|own| format!("stillway_b{own}")).collect();
            value = format!("coalesce({})", names.join(", "));
        }
        let mut add = |condition: String, code: &str, misfit: Misfit, lost: &mut Vec<String>| {
            if misfit == Misfit::Null {
                lost.push(condition.clone());
            } else if misfit != Misfit::Keep {
                odd.push(condition.clone());
            }
            findings.all.push(Finding {
                condition,
                reason: reason(code),
                misfit,
            });
        };
        let phone = refusing_step(self, column).is_some();
        if phone && stage.candidates.is_empty() && column.map.is_none() {
            let condition = format!("({first} IS NOT NULL AND {value} IS NULL)");
            add(condition, "invalid", column.invalid, &mut lost);
            if column.invalid == Misfit::Keep {
                value = format!("coalesce({value}, {first})");
            }
        }
        if let Some(map) = &column.map {
            let keys: Vec<_> = map.keys().map(|key| text.literal(key)).collect();
            let condition = format!(
                "({first} IS NOT NULL AND {first} NOT IN ({}))",
                keys.join(", ")
            );
            add(condition, "unmapped", column.unmapped, &mut lost);
            if column.unmapped == Misfit::Keep {
                value = format!(
                    "CASE WHEN {first} IN ({}) THEN {value} ELSE {first} END",
                    keys.join(", ")
                );
            }
        }
        let textual = matches!(stage.kind, Kind::Text(_));
        match &stage.shape.kind {
            Kind::Text(length) => {
                if !textual {
                    value = text.as_text(&value, &stage.kind);
                }
                if let Some(length) = length {
                    let condition = format!("{} > {length}", text.length(&value));
                    add(
                        condition,
                        "too_long",
                        taken(self.table.declared.too_long),
                        &mut lost,
                    );
                }
            }
            Kind::Enum(labels) if textual => {
                let labels: Vec<_> = labels.iter().map(|label| text.literal(label)).collect();
                let labels = labels.join(", ");
                // Values of a map were checked with it; what it yields has to be a label too.
                let condition = format!("({value} IS NOT NULL AND {value} NOT IN ({labels}))");
                add(condition, "unmapped", column.unmapped, &mut lost);
                value = format!(
                    "CASE WHEN {value} IN ({labels}) THEN ({value})::{} END",
                    stage.shape.type_name
                );
            }
            Kind::Uuid | Kind::Integer if textual && text.is_postgres() => {
                let pattern = match stage.shape.kind {
                    Kind::Uuid => r"^\{?[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?$",
                    _ => r"^[+-]?[0-9]{1,18}$",
                };
                let pattern = format!("'{pattern}'");
                add(
                    format!("({value} IS NOT NULL AND {value} !~ {pattern})"),
                    "invalid",
                    column.invalid,
                    &mut lost,
                );
                value = format!(
                    "CASE WHEN {value} ~ {pattern} THEN ({value})::{} END",
                    stage.shape.type_name
                );
            }
            _ if text.is_postgres() => {
                let same = stage.kind == stage.shape.kind && stage.kind != Kind::Other;
                if !same {
                    value = format!("CAST({value} AS {})", stage.shape.type_name);
                }
            }
            _ => {}
        }
        if request.parents && column.parent.is_some() {
            let state = format!("stillway_p{}", stage.at);
            let parent = column.parent.as_ref();
            let parent = parent.and_then(|parent| self.plan.table(parent));
            let misfit = match parent.is_some_and(|(_, parent)| parent.is_held(self.table, name)) {
                true => taken(column.orphan),
                false => column.orphan,
            };
            if misfit == Misfit::Null {
                lost.push(format!("{state} IS NOT NULL"));
            } else if misfit != Misfit::Keep {
                odd.push(format!("{state} IS NOT NULL"));
            }
            findings.all.push(Finding {
                condition: format!("{state} IS NOT NULL"),
                reason: format!("{state} || {}", text.literal(&format!(":{name}"))),
                misfit,
            });
        }
        if !lost.is_empty() {
            value = format!("CASE WHEN {} THEN NULL ELSE {value} END", lost.join(" OR "));
        }
        if !stage.shape.nullable {
            // A value that was refused is not also missing.
            let mut condition = format!("{value} IS NULL");
            for other in &odd {
                condition.push_str(&format!(" AND ({other}) IS NOT TRUE"));
            }
            findings.all.push(Finding {
                condition: format!("({condition})"),
                reason: reason("missing"),
                misfit: match self.table.declared.missing {
                    Misfit::Abort => Misfit::Abort,
                    Misfit::Quarantine | Misfit::Null | Misfit::Keep => Misfit::Quarantine,
                },
            });
        }
        value
    }
}

/// The columns that lose their value because the parent will not be there, between commas; NULL where
/// there is none.
fn orphans(stages: &[Stage<'_>]) -> String {
    let cases: Vec<String> = stages
        .iter()
        .filter(|stage| stage.column.parent.is_some() && stage.column.orphan == Misfit::Null)
        .map(|stage| {
            format!(
                "CASE WHEN stillway_p{} IS NOT NULL THEN '{},' ELSE '' END",
                stage.at,
                stage.name.replace('\'', "''")
            )
        })
        .collect();
    match cases.is_empty() {
        true => "CAST(NULL AS text)".to_owned(),
        false => format!("nullif(',' || {}, ',')", cases.join(" || ")),
    }
}

/// The place of the first step that may not understand a value.
fn refusing_step(mapping: &Mapping<'_, '_>, column: &Column) -> Option<usize> {
    // PostgreSQL's timestamps are such already; texts of SQLite may say anything. Where a candidate
    // has a zone and another has not, each is brought to one form before one is chosen.
    let mixed = match &column.value {
        Value::Columns(names) => names.iter().any(|name| {
            let shape = mapping.table.raw_shape(name);
            shape.is_some_and(|shape| shape.kind == Kind::Zoned)
        }),
        _ => false,
    };
    column.clean.iter().position(|step| match step {
        Normalizer::TimeZone { .. } => !mapping.text().is_postgres() && !mixed,
        other => other.may_refuse(),
    })
}

/// What kind of value a step leaves behind.
fn kind_after(step: &Normalizer) -> Kind {
    match step {
        Normalizer::TimeZone { .. } => Kind::Zoned,
        _ => Kind::Text(None),
    }
}

/// Something that may be wrong with a row.
struct Finding {
    condition: String,
    /// An SQL expression for the reason.
    reason: String,
    misfit: Misfit,
}

#[derive(Default)]
struct Findings {
    all: Vec<Finding>,
}

impl Findings {
    /// The reasons with one consequence, between commas; NULL where there is none.
    fn of(&self, misfit: Misfit) -> String {
        self.joined(|own| own == misfit)
    }

    /// What is lost or kept without setting the row aside.
    fn notes(&self) -> String {
        self.joined(|own| matches!(own, Misfit::Null | Misfit::Keep))
    }

    fn joined(&self, fits: impl Fn(Misfit) -> bool) -> String {
        let cases: Vec<_> = self
            .all
            .iter()
            .filter(|finding| fits(finding.misfit))
            .map(|finding| {
                let before = match finding.misfit {
                    Misfit::Null => "'lost:' || ",
                    Misfit::Keep => "'kept:' || ",
                    Misfit::Quarantine | Misfit::Abort => "",
                };
                format!(
                    "CASE WHEN {} THEN {before}{} END",
                    finding.condition, finding.reason
                )
            })
            .collect();
        match cases.is_empty() {
            true => "CAST(NULL AS text)".to_owned(),
            false => format!("nullif(concat_ws(',', {}), '')", cases.join(", ")),
        }
    }
}
