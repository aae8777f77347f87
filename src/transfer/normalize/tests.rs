//! What normalisers make of texts, by tables of cases. That the expressions of servers do the same is
//! tested against servers.

use super::{Cleaned, hash, phone, regions, zoned};
use crate::transfer::{Normalizer, Settings};

fn settings() -> Settings {
    Settings {
        phone_region: Some("KR".to_owned()),
        time_zone: Some("Asia/Seoul".to_owned()),
        blanks: vec!["-".to_owned(), " 없음 ".to_owned()],
        quarantine_limit: None,
    }
}

#[test]
fn texts_are_cleaned() {
    let value = |text: &str| Cleaned::Value(text.to_owned());
    let cases = [
        (
            Normalizer::Trim,
            "\u{3000} \t김 철수\u{200b}\u{feff}\r\n",
            value("김 철수"),
        ),
        (Normalizer::Trim, "\u{a0}", value("")),
        (Normalizer::BlankToNull, " \u{200b}", Cleaned::Null),
        (Normalizer::BlankToNull, " - ", Cleaned::Null),
        (Normalizer::BlankToNull, "없음", Cleaned::Null),
        (Normalizer::BlankToNull, " -- ", value(" -- ")),
        (Normalizer::Lower, "GOOGLE Ä İ ＡB", value("google Ä İ Ａb")),
        (Normalizer::Upper, "kakao ß ı", value("KAKAO ß ı")),
        (Normalizer::Nfc, "\u{1112}\u{1161}\u{11ab}", value("한")),
        (Normalizer::Nfc, "Ａ①", value("Ａ①")),
        (Normalizer::Nfkc, "Ａ①ﬁ", value("A1fi")),
        (
            Normalizer::CollapseBlanks,
            " a\t\u{3000}b  c\u{200b}",
            value(" a b c\u{200b}"),
        ),
        (
            Normalizer::Phone { region: None },
            "010-1234-5678",
            value("+821012345678"),
        ),
        (Normalizer::Phone { region: None }, "", Cleaned::Invalid),
        (
            Normalizer::Phone {
                region: Some("US".to_owned()),
            },
            "(415) 555-2671",
            value("+14155552671"),
        ),
        (
            Normalizer::TimeZone { zone: None },
            "2024-01-01 09:00:00",
            value("2024-01-01 00:00:00+00:00"),
        ),
        (
            Normalizer::TimeZone { zone: None },
            "yesterday",
            Cleaned::Invalid,
        ),
    ];
    for (normalizer, text, expected) in cases {
        assert_eq!(
            normalizer.apply(text, &settings()),
            expected,
            "{normalizer:?} of {text:?}"
        );
    }
}

#[test]
fn telephone_numbers_become_e164() {
    let cases = [
        // Korea, as people write it.
        ("KR", "01012345678", "+821012345678"),
        ("KR", "010-1234-5678", "+821012345678"),
        ("KR", "010 1234 5678", "+821012345678"),
        ("KR", "010.1234.5678", "+821012345678"),
        ("KR", "(010) 1234/5678", "+821012345678"),
        ("KR", "０１０－１２３４－５６７８", "+821012345678"),
        ("KR", "＋８２ 10 1234 5678", "+821012345678"),
        (
            "KR",
            "\u{202f}010\u{2013}1234\u{2013}5678\u{200b}",
            "+821012345678",
        ),
        ("KR", "+82 10-1234-5678", "+821012345678"),
        ("KR", "+82 (0)10-1234-5678", "+821012345678"),
        ("KR", "+82 010-1234-5678", "+821012345678"),
        ("KR", "821012345678", "+821012345678"),
        ("KR", "8201012345678", "+821012345678"),
        ("KR", "0082 10 1234 5678", "+821012345678"),
        ("KR", "011-234-5678", "+82112345678"),
        ("KR", "02-123-4567", "+8221234567"),
        ("KR", "031-123-4567", "+82311234567"),
        ("KR", "1588-1234", "+8215881234"),
        ("KR", "+1 415 555 2671", "+14155552671"),
        ("KR", "+81 90-1234-5678", "+819012345678"),
        // Not used today, but a number by its shape.
        ("KR", "010-5999-1234", "+821059991234"),
        ("KR", "", ""),
        ("KR", "-", ""),
        ("KR", "010-1234-567a", ""),
        ("KR", "010-1234-5678 (집)", ""),
        ("KR", "010-1234-5678#12", ""),
        ("KR", "+", ""),
        ("KR", "++821012345678", ""),
        ("KR", "8210+12345678", ""),
        ("KR", "+0821012345678", ""),
        ("KR", "123", ""),
        ("KR", "+82 123", ""),
        ("KR", "+123456", ""),
        ("KR", "+1234567890123456", ""),
        ("KR", "010-1234-5678-90123", ""),
        ("KR", "٠١٠١٢٣٤٥٦٧٨", ""),
        // Others.
        ("US", "415-555-2671", "+14155552671"),
        ("US", "1 415 555 2671", "+14155552671"),
        ("US", "011 82 10 1234 5678", "+821012345678"),
        ("GB", "020 7946 0958", "+442079460958"),
        ("GB", "+44 (0)20 7946 0958", "+442079460958"),
        ("GB", "0082 10 1234 5678", "+821012345678"),
        ("JE", "+44 20 7946 0958", "+442079460958"),
        ("DE", "030 901820", "+4930901820"),
        ("FR", "06 12 34 56 78", "+33612345678"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("IT", "347 123 4567", "+393471234567"),
        ("JP", "090-1234-5678", "+819012345678"),
        ("RU", "8 (916) 123-45-67", "+79161234567"),
        ("RU", "7 916 123 45 67", "+79161234567"),
        ("AR", "011 15-2345-6789", "+5491123456789"),
        ("AG", "464-1234", "+12684641234"),
        ("BR", "(11) 91234-5678", "+5511912345678"),
        ("BR", "0 15 11 91234-5678", "+5511912345678"),
        ("MX", "55 1234 5678", "+525512345678"),
        ("CN", "138 0013 8000", "+8613800138000"),
        ("XX", "010-1234-5678", ""),
    ];
    let mut wrong = String::new();
    for (region, text, expected) in cases {
        let found = phone(text, region).unwrap_or_default();
        if found != expected {
            wrong.push_str(&format!("{region} {text}: {found}, not {expected}\n"));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn clean_numbers_stay_as_they_are_in_every_region() {
    assert!(regions().count() > 200);
    for region in regions() {
        for number in ["+821012345678", "+14155552671", "+442079460958"] {
            assert_eq!(phone(number, region).as_deref(), Some(number), "{region}");
        }
    }
}

#[test]
fn times_get_a_zone() {
    let cases = [
        (
            "2024-01-01 09:00:00",
            "Asia/Seoul",
            "2024-01-01 00:00:00+00:00",
        ),
        (
            "2024-01-01T09:00",
            "Asia/Seoul",
            "2024-01-01 00:00:00+00:00",
        ),
        ("2024-01-01", "Asia/Seoul", "2023-12-31 15:00:00+00:00"),
        (
            "2024-01-01 09:00:00.5",
            "Asia/Seoul",
            "2024-01-01 00:00:00.500000+00:00",
        ),
        (
            "2024-01-01 09:00:00.0000004",
            "Asia/Seoul",
            "2024-01-01 00:00:00+00:00",
        ),
        // Korea had summer time in 1988.
        (
            "1988-07-01 10:00:00",
            "Asia/Seoul",
            "1988-07-01 00:00:00+00:00",
        ),
        // Skipped, then shown twice.
        (
            "2024-03-10 02:30:00",
            "America/New_York",
            "2024-03-10 07:30:00+00:00",
        ),
        (
            "2024-11-03 01:30:00",
            "America/New_York",
            "2024-11-03 06:30:00+00:00",
        ),
        // With an offset of their own.
        (
            "2024-01-01 09:00:00+09:00",
            "UTC",
            "2024-01-01 00:00:00+00:00",
        ),
        (
            "2024-01-01T00:00:00Z",
            "Asia/Seoul",
            "2024-01-01 00:00:00+00:00",
        ),
        (
            "2024-01-01 00:00:00 +0000",
            "Asia/Seoul",
            "2024-01-01 00:00:00+00:00",
        ),
        ("", "UTC", ""),
        ("2024-13-01 00:00:00", "UTC", ""),
        ("2024-02-30 00:00:00", "UTC", ""),
        ("2024-01-01 25:00:00", "UTC", ""),
        ("1704067200", "UTC", ""),
        ("2024-01-01 00:00:00", "Nowhere/Zone", ""),
    ];
    for (text, zone, expected) in cases {
        assert_eq!(
            zoned(text, zone).unwrap_or_default(),
            expected,
            "{text} in {zone}"
        );
    }
}

#[test]
fn hashes_are_the_first_half_of_md5() {
    // md5('') begins with d41d8cd98f00b204.
    assert_eq!(
        hash(""),
        i64::from_be_bytes([0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04])
    );
}
