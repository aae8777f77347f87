//! Every form of one report, as text that is compared whole.

use super::{Format, Report};
use crate::model::{Finding, Place, Severity};
use crate::verify::{Examined, Verdict};

fn findings() -> Vec<Finding> {
    let place = |path: &str, line| {
        Some(Place {
            path: path.into(),
            line,
            column: 1,
        })
    };
    vec![
        Finding {
            code: "not-locked",
            severity: Severity::Warning,
            domain: "users".to_owned(),
            migration: "0003".to_owned(),
            place: place("회원/50%, a:b/0003 x.py", 1),
            message: "is new".to_owned(),
            hint: Some("settle it with `stillway lock`".to_owned()),
        },
        Finding {
            code: "sql-changed",
            severity: Severity::Error,
            domain: "users".to_owned(),
            migration: "0001".to_owned(),
            place: place("users/0001.py", 7),
            message: "runs <other> & \"more\" statements\r\nthan \u{1}known".to_owned(),
            hint: None,
        },
        Finding {
            code: "moved",
            severity: Severity::Note,
            domain: "users".to_owned(),
            migration: "0001".to_owned(),
            place: None,
            message: "lay elsewhere".to_owned(),
            hint: None,
        },
    ]
}

fn report(format: Format) -> String {
    let findings = findings();
    let domains = ["auth", "users"].map(|name| Examined {
        name: name.to_owned(),
        migrations: 3,
    });
    let report = Report {
        check: "verify",
        domains: &domains,
        findings: &findings,
        verdict: Verdict::of(&findings, false),
        prefix: "",
        timestamp: "2026-01-02 03:04:05",
    };
    report.write(format)
}

#[test]
fn for_people() {
    assert_eq!(
        report(Format::Text),
        "\
users (3 migrations)
  error[sql-changed] 0001: runs <other> & \"more\" statements\r
    than \u{1}known
    at users/0001.py:7:1
  warning[not-locked] 0003: is new
    at 회원/50%, a:b/0003 x.py:1:1
    help: settle it with `stillway lock`
  note[moved] 0001: lay elsewhere

verify: changed, 6 migrations in 2 domains: 1 error, 1 warning, 1 note
"
    );
}

#[test]
fn nothing_to_tell() {
    let report = Report {
        check: "verify",
        domains: &[Examined {
            name: "users".to_owned(),
            migrations: 1,
        }],
        findings: &[],
        verdict: Verdict::Clean,
        prefix: "",
        timestamp: "2026-01-02 03:04:05",
    };
    assert_eq!(
        report.write(Format::Text),
        "verify: clean, 1 migration in 1 domain\n"
    );
    assert_eq!(report.write(Format::Github), "");
    assert_eq!(report.write(Format::Gitlab), "[]\n");
}

#[test]
fn many_of_a_kind_are_folded() {
    let many: Vec<Finding> = (0..25)
        .map(|number| Finding {
            migration: number.to_string(),
            ..findings().remove(0)
        })
        .collect();
    let report = Report {
        check: "verify",
        domains: &[],
        findings: &many,
        verdict: Verdict::Pending,
        prefix: "",
        timestamp: "2026-01-02 03:04:05",
    };
    let text = report.write(Format::Text);
    assert!(
        text.contains("  warning[not-locked] … and 15 more; --format json lists all\n"),
        "{text}"
    );
}

#[test]
fn annotations_of_github() {
    assert_eq!(
        report(Format::Github),
        "\
::warning file=회원/50%25%2C a%3Ab/0003 x.py,line=1,col=1,title=users 0003 (not-locked)::is new%0Ahelp: settle it with `stillway lock`
::error file=users/0001.py,line=7,col=1,title=users 0001 (sql-changed)::runs <other> & \"more\" statements%0D%0Athan \u{1}known
::notice title=users 0001 (moved)::lay elsewhere
"
    );
}

#[test]
fn paths_below_the_repository() {
    let findings = findings();
    let report = Report {
        check: "verify",
        domains: &[],
        findings: &findings[1..2],
        verdict: Verdict::Changed,
        prefix: "backend/db/",
        timestamp: "",
    };
    for (format, expected) in [
        (Format::Github, "file=backend/db/users/0001.py,"),
        (Format::Gitlab, "\"path\": \"backend/db/users/0001.py\""),
        (Format::Sarif, "\"uri\": \"backend/db/users/0001.py\""),
        (Format::Json, "\"path\": \"users/0001.py\""),
    ] {
        let text = report.write(format);
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn xml_of_junit() {
    let text = report(Format::Junit);
    assert_eq!(
        text,
        "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites>
  <testsuite name=\"auth\" package=\"stillway.verify\" id=\"0\" timestamp=\"2026-01-02T03:04:05\" hostname=\"localhost\" tests=\"1\" failures=\"0\" errors=\"0\" time=\"0\">
    <properties/>
    <testcase name=\"all migrations\" classname=\"stillway.verify.auth\" time=\"0\"/>
    <system-out/>
    <system-err/>
  </testsuite>
  <testsuite name=\"users\" package=\"stillway.verify\" id=\"1\" timestamp=\"2026-01-02T03:04:05\" hostname=\"localhost\" tests=\"2\" failures=\"2\" errors=\"0\" time=\"0\">
    <properties/>
    <testcase name=\"0001\" classname=\"stillway.verify.users\" time=\"0\">
      <failure message=\"runs &lt;other&gt; &amp; &quot;more&quot; statements&#13;&#10;than \u{fffd}known\" type=\"sql-changed\">users/0001.py:7:1: error[sql-changed] runs &lt;other&gt; &amp; &quot;more&quot; statements&#13;
than \u{fffd}known</failure>
    </testcase>
    <testcase name=\"0003\" classname=\"stillway.verify.users\" time=\"0\">
      <failure message=\"is new\" type=\"not-locked\">회원/50%, a:b/0003 x.py:1:1: warning[not-locked] is new
help: settle it with `stillway lock`</failure>
    </testcase>
    <system-out>0001: note[moved] lay elsewhere</system-out>
    <system-err/>
  </testsuite>
</testsuites>
"
    );
}

#[test]
fn documents_of_programs() {
    let parsed = |format| serde_json::from_str::<serde_json::Value>(&report(format)).unwrap();
    let own = parsed(Format::Json);
    assert_eq!(own["format"], "stillway.findings");
    assert_eq!(own["version"], 1);
    assert_eq!(own["verdict"], "changed");
    assert_eq!(own["exit_status"], 3);
    assert_eq!(
        own["findings"][0]["place"]["path"],
        "회원/50%, a:b/0003 x.py"
    );
    let sarif = parsed(Format::Sarif);
    let results = &sarif["runs"][0]["results"];
    assert_eq!(results[1]["ruleId"], "sql-changed");
    assert_eq!(results[1]["ruleIndex"], 2);
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "%ED%9A%8C%EC%9B%90/50%25%2C%20a%3Ab/0003%20x.py");
    let gitlab = parsed(Format::Gitlab);
    assert_eq!(gitlab[1]["severity"], "blocker");
    assert_eq!(gitlab[2]["location"]["path"], "stillway.toml");
    let fingerprints: std::collections::HashSet<_> = (0..3)
        .map(|index| gitlab[index]["fingerprint"].to_string())
        .collect();
    assert_eq!(fingerprints.len(), 3);
}
