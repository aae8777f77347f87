//! MySQL's strings, comments and the `DELIMITER` command.

use super::super::Flavor;
use super::{check, check_refused, check_whole};

#[test]
fn strings_and_names() {
    check_whole(
        Flavor::Mysql,
        &[
            "SELECT 'it\\'s; x', \"say \\\"hi;\\\"\"",
            "SELECT 'a\\\\', \"b;\"\"c\"",
            "SELECT `a;``b\\`, c",
            "SELECT _utf8'a;', N'b;', x'00', @`v;`, @'w;'",
            "SELECT IF(a, ';', b), REPEAT('x;', 3)",
            "SELECT a$b$c, $$, 1a",
            "SELECT 5--1",
            "SELECT a -- b;\n, c",
            "SELECT a --\tb;\n, c",
            "SELECT a # it's;\n, c",
            "SELECT begin, end FROM `case`",
            "ALTER TABLE t ADD delimiter char(1)",
            "CREATE TABLE t (\n delimiter varchar(1)\n)",
            "SELECT a,\ndelimiter\nFROM t",
        ],
    );
    check_refused(
        Flavor::Mysql,
        &[
            ("SELECT 'a\\';", "UnterminatedString", 1, 8),
            ("SELECT \"a;", "UnterminatedString", 1, 8),
            ("SELECT `a;", "UnterminatedIdentifier", 1, 8),
        ],
    );
}

#[test]
fn comments() {
    check(
        Flavor::Mysql,
        &[
            ("# only; a comment\n", &[]),
            (
                "#a\nSELECT 1;#b\nSELECT 2",
                &["#a\nSELECT 1", "#b\nSELECT 2"],
            ),
            ("--a; it's\nSELECT 1; --b", &["--a; it's\nSELECT 1"]),
            ("/*+ hint; */ SELECT 1", &["/*+ hint; */ SELECT 1"]),
            (
                "SELECT /*+ MAX(1); */ 1;x",
                &["SELECT /*+ MAX(1); */ 1", "x"],
            ),
            ("SELECT 1; /* a /* b */ -- c", &["SELECT 1"]),
        ],
    );
    check_refused(
        Flavor::Mysql,
        &[
            ("/* a /* b */ SELECT 1;", "AmbiguousComment", 1, 1),
            ("SELECT 1; /* open", "UnterminatedComment", 1, 11),
            ("/*!40101 SET x = 1", "UnterminatedComment", 1, 1),
        ],
    );
}

#[test]
fn comments_that_run() {
    check(
        Flavor::Mysql,
        &[
            (
                "/*!40101 SET NAMES utf8 */;",
                &["/*!40101 SET NAMES utf8 */"],
            ),
            (
                "/*! SET x = 1 */;\n/*M! SET y = 2 */;",
                &["/*! SET x = 1 */", "/*M! SET y = 2 */"],
            ),
            (
                "/*M!100101 SET a='*/;' */;b",
                &["/*M!100101 SET a='*/;' */", "b"],
            ),
            (
                "/*!999999\\- enable the sandbox mode */\nSELECT 1;",
                &["/*!999999\\- enable the sandbox mode */\nSELECT 1"],
            ),
            (
                "/*!999999 don't */; SELECT 'x'",
                &["/*!999999 don't */", "SELECT 'x'"],
            ),
            (
                "/*!50001 don't */; SELECT 1",
                &["/*!50001 don't */", "SELECT 1"],
            ),
            (
                "/*!50003 SELECT 1; SELECT 2 */; c",
                &["/*!50003 SELECT 1; SELECT 2 */", "c"],
            ),
            (
                "/*!50003 SELECT 1 -- don't\n , 2 # can't\n*/; c'd'",
                &["/*!50003 SELECT 1 -- don't\n , 2 # can't\n*/", "c'd'"],
            ),
            (
                "/*!50003 SELECT 1 -- a */; c",
                &["/*!50003 SELECT 1 -- a */", "c"],
            ),
            (
                "/*!50003 SELECT 1 /* a */ + 2 */; c",
                &["/*!50003 SELECT 1 /* a */ + 2 */", "c"],
            ),
            (
                "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */; b",
                &[
                    "CREATE TABLE t (a int) /*!50100 PARTITION BY HASH (a) */",
                    "b",
                ],
            ),
        ],
    );
}

#[test]
fn the_delimiter_command() {
    check(
        Flavor::Mysql,
        &[
            (
                "DELIMITER $$\nSELECT 1; SELECT 2$$\nDELIMITER ;\nSELECT 3;",
                &["SELECT 1; SELECT 2", "SELECT 3"],
            ),
            (
                "delimiter //\r\nSELECT 1//\r\ndelimiter ;\r\nSELECT 2;",
                &["SELECT 1", "SELECT 2"],
            ),
            (
                "DELIMITER //\nSELECT 8/2//\nSELECT 2",
                &["SELECT 8/2", "SELECT 2"],
            ),
            (
                "DELIMITER end_of_statement\nSELECT 1;end_of_statement x",
                &["SELECT 1;", "x"],
            ),
            (
                "DELIMITER ;;\nSELECT 1; SELECT 2;;\nSELECT 3;;",
                &["SELECT 1; SELECT 2", "SELECT 3"],
            ),
            (
                "DELIMITER $$ -- until further notice\nSELECT 1$$SELECT 2",
                &["SELECT 1", "SELECT 2"],
            ),
            (
                "DELIMITER '$$'\nSELECT 1$$SELECT 2",
                &["SELECT 1", "SELECT 2"],
            ),
            ("DELIMITER\n\n  $$\nSELECT 1$$", &["SELECT 1"]),
            (
                "DELIMITER//\nSELECT 1//DELIMITER;\nSELECT 2;SELECT 3",
                &["SELECT 1", "SELECT 2", "SELECT 3"],
            ),
            ("DELIMITER #\nSELECT 1#SELECT 2", &["SELECT 1", "SELECT 2"]),
            (
                "DELIMITER $$\nSELECT '$$', \"$$\", `$$` /* $$ */$$b",
                &["SELECT '$$', \"$$\", `$$` /* $$ */", "b"],
            ),
            ("DELIMITER $$\nSELECT END$$\nb", &["SELECT END", "b"]),
            (
                "-- dropped\nDELIMITER $$\n-- kept\nSELECT 1$$",
                &["-- kept\nSELECT 1"],
            ),
            ("DELIMITER |\n| |SELECT 1;|", &["SELECT 1;"]),
            (
                "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1$$\nSELECT 2$$",
                &["CREATE PROCEDURE p() BEGIN SELECT 1", "SELECT 2"],
            ),
            ("DELIMITER $$", &[]),
            ("SELECT a,\n delimiter ;", &["SELECT a,\n delimiter"]),
        ],
    );
    check_refused(
        Flavor::Mysql,
        &[
            ("SELECT 1;\nDELIMITER", "DelimiterMissing", 2, 1),
            ("DELIMITER  \n \n", "DelimiterMissing", 1, 1),
            (
                "SELECT 1\nDELIMITER $$\nSELECT 2$$",
                "DelimiterInsideStatement",
                2,
                1,
            ),
            (
                "DELIMITER $$\nSELECT 1\n DELIMITER ;\n",
                "DelimiterInsideStatement",
                3,
                2,
            ),
        ],
    );
}
