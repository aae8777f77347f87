//! MySQL's stored programs in scripts that never change the delimiter.

use super::super::Flavor;
use super::{check, check_refused, check_whole};

#[test]
fn heads() {
    let body = "BEGIN SELECT 1; SELECT 2; END";
    let heads = [
        "CREATE PROCEDURE p()",
        "create procedure if not exists p(in a int, out b varchar(10)) comment 'x' not deterministic",
        "CREATE PROCEDURE `a b`() SQL SECURITY DEFINER MODIFIES SQL DATA",
        "CREATE OR REPLACE PROCEDURE p()",
        "CREATE FUNCTION f(a int) RETURNS varchar(20) CHARSET utf8 DETERMINISTIC",
        "CREATE FUNCTION f() RETURNS varchar(20) CHARACTER SET utf8 READS SQL DATA",
        "CREATE AGGREGATE FUNCTION IF NOT EXISTS f(x int) RETURNS int",
        "CREATE DEFINER=`root`@`localhost` PROCEDURE p()",
        "CREATE DEFINER = 'root'@'%' FUNCTION f() RETURNS int",
        "CREATE DEFINER=root@localhost TRIGGER t BEFORE INSERT ON x FOR EACH ROW",
        "CREATE DEFINER=CURRENT_USER PROCEDURE p()",
        "CREATE OR REPLACE DEFINER=CURRENT_USER() EVENT e ON SCHEDULE EVERY 1 DAY DO",
        "CREATE DEFINER=event@event FUNCTION f() RETURNS int",
        "CREATE DEFINER=u@127.0.0.1 PROCEDURE p()",
        "CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW",
        "CREATE TRIGGER IF NOT EXISTS t AFTER UPDATE ON x FOR EACH ROW FOLLOWS `u`",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS NOW() COMMENT 'do;' DO",
        "ALTER EVENT e ON SCHEDULE EVERY 2 DAY DO",
        "CREATE PROCEDURE p() the_label:",
        "CREATE TRIGGER t AFTER UPDATE ON x FOR EACH ROW the_label:",
        "CREATE /*!50020 DEFINER=`a`@`b` */ PROCEDURE p()",
    ];
    for head in heads {
        check_whole(Flavor::Mysql, &[format!("{head} {body}").as_str()]);
    }
}

#[test]
fn bodies() {
    for body in [
        "BEGIN END",
        "BEGIN DECLARE a int DEFAULT 1; SET a = 2; END",
        "BEGIN IF a THEN SELECT 1; ELSEIF b THEN SELECT 2; ELSE SELECT 3; END IF; END",
        "BEGIN IF (a) THEN IF b THEN SELECT 1; END IF; END IF; SELECT 2; END",
        "BEGIN IF IF(a, b, c) THEN SELECT IF(d, e, f); END IF; END",
        "BEGIN SET a = IF(b, 1, 2); SELECT 1; END",
        "BEGIN l: LOOP ITERATE l; LEAVE l; END LOOP l; END",
        "BEGIN WHILE a > 0 DO SET a = a - 1; END WHILE; END",
        "BEGIN WHILE a DO DO SLEEP(1); DO IF(a, b, c); END WHILE; END",
        "BEGIN REPEAT SET a = REPEAT('x', 3); UNTIL a END REPEAT; SELECT 1; END",
        "BEGIN FOR i IN 1..10 DO SELECT i; END FOR; FOR r IN (SELECT 1) DO SELECT 2; END FOR; END",
        "BEGIN CASE a WHEN 1 THEN SELECT 1; SELECT 2; ELSE SELECT 3; END CASE; END",
        "BEGIN CASE WHEN a THEN IF b THEN SELECT 1; END IF; END CASE; END",
        "BEGIN SELECT CASE WHEN a THEN b ELSE c END; SELECT 2; END",
        "BEGIN SELECT CASE a WHEN 1 THEN IF(b, 1, 2) ELSE IF(c, 1, 2) END AS d; END",
        "BEGIN IF CASE a WHEN 1 THEN 2 END THEN SELECT 1; END IF; END",
        "BEGIN SET a = (CASE WHEN b THEN 1 END); SELECT 1; END",
        "BEGIN BEGIN SELECT 1; END; BEGIN BEGIN SELECT 2; END; END; END",
        "BEGIN BEGIN NOT ATOMIC SELECT 1; END; END",
        "BEGIN DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1; SELECT 1; END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; SELECT 1; END; SELECT 2; END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLSTATE VALUE '23000', 1062, dup IF a THEN SELECT 1; END IF; SELECT 2; END",
        "BEGIN DECLARE EXIT HANDLER FOR SQLWARNING, NOT FOUND BEGIN END; END",
        "BEGIN DECLARE c CURSOR FOR SELECT 1; OPEN c; FETCH c INTO a; CLOSE c; END",
        "BEGIN SELECT begin, end, t.end FROM `case`; DROP TABLE IF EXISTS x; END",
        "BEGIN START TRANSACTION; INSERT INTO t VALUES (1); COMMIT; END",
        "BEGIN -- end;\n SELECT 1; # END\n /* END; */ END",
        "BEGIN /*!50003 SELECT 1; */ SELECT 2; END",
        "BEGIN SET @a := IF(1, 2, 3); SELECT 'END;'; END",
        "IF a THEN SELECT 1; END IF",
        "IF (a) THEN SELECT 1; ELSE SELECT 2; END IF",
        "CASE a WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE",
        "WHILE a DO SET a = 0; END WHILE",
        "l: LOOP LEAVE l; END LOOP l",
        "REPEAT SELECT 1; UNTIL a END REPEAT",
        "SELECT 1",
        "SET @a = IF(1, 2, 3)",
        "INSERT INTO t SELECT CASE WHEN a THEN b END",
        "DROP TABLE IF EXISTS x",
    ] {
        for head in [
            "CREATE PROCEDURE p()",
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW",
        ] {
            check_whole(Flavor::Mysql, &[format!("{head} {body}").as_str()]);
        }
    }
}

#[test]
fn single_statements_and_functions_of_libraries() {
    check_whole(
        Flavor::Mysql,
        &[
            "CREATE FUNCTION f(a int) RETURNS int RETURN a + 1",
            "CREATE FUNCTION f(a int) RETURNS int RETURN IF(a, 1, 2)",
            "CREATE FUNCTION f(a int) RETURNS int RETURN CASE a WHEN 1 THEN 2 END",
            "CREATE FUNCTION f RETURNS STRING SONAME 'x.so'",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
            "CREATE EVENT e ON SCHEDULE AT NOW() DO IF a THEN SELECT 1; END IF",
            "CREATE DEFINER=a@b SQL SECURITY DEFINER VIEW v AS SELECT begin FROM t",
            "CREATE DEFINER=a@b VIEW v AS SELECT function, begin FROM t",
            "DROP PROCEDURE IF EXISTS p",
            "CREATE TABLE IF NOT EXISTS begin (a int)",
            "ALTER TABLE t ADD begin int",
        ],
    );
}

#[test]
fn statements_outside_of_programs() {
    check_whole(
        Flavor::Mysql,
        &[
            "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END",
            "BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR 1 BEGIN END; SELECT 2; END",
            "IF 1 THEN SELECT 1; END IF",
            "WHILE 0 DO SELECT 1; END WHILE",
        ],
    );
    check(
        Flavor::Mysql,
        &[
            ("BEGIN; SELECT 1; COMMIT", &["BEGIN", "SELECT 1", "COMMIT"]),
            ("BEGIN WORK; SELECT 1", &["BEGIN WORK", "SELECT 1"]),
            (
                "XA BEGIN 'x'; SELECT 1; XA END 'x'",
                &["XA BEGIN 'x'", "SELECT 1", "XA END 'x'"],
            ),
            (
                "SET @a = CASE WHEN 1 THEN 2 END; b",
                &["SET @a = CASE WHEN 1 THEN 2 END", "b"],
            ),
        ],
    );
    check_refused(
        Flavor::Mysql,
        &[
            (
                "SELECT 1;\nCREATE PROCEDURE p() BEGIN SELECT 1;",
                "UnclosedBlock",
                2,
                22,
            ),
            (
                "CREATE PROCEDURE p()\nIF a THEN SELECT 1; END;\nIF",
                "UnclosedBlock",
                3,
                1,
            ),
        ],
    );
}
