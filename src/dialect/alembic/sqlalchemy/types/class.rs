//! The type classes SQLAlchemy offers, generic and per backend, as one table.

use super::family::Family;

/// Where a type class is imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// `sqlalchemy.types`.
    Generic,
    /// `sqlalchemy.dialects.postgresql`.
    Postgres,
    /// `sqlalchemy.dialects.mysql`.
    Mysql,
    /// `sqlalchemy.dialects.sqlite`.
    Sqlite,
}

macro_rules! type_classes {
    ($($variant:ident $name:literal $module:ident $visit:literal $family:ident;)*) => {
        /// A type class of SQLAlchemy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum TypeClass {
            $(#[doc = concat!("`", $name, "` of the module `", stringify!($module), "`.")] $variant,)*
            /// A class of the migrations' own or of another library, with its hooks.
            Custom,
        }

        impl TypeClass {
            /// Every class that SQLAlchemy brings.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The class's Python name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Custom => "UserDefinedType",
                }
            }

            /// The module it is imported from.
            pub fn module(self) -> Module {
                match self {
                    $(Self::$variant => Module::$module,)*
                    Self::Custom => Module::Generic,
                }
            }

            /// The name of the type compiler's method that renders it.
            pub fn visit_name(self) -> &'static str {
                match self {
                    $(Self::$variant => $visit,)*
                    Self::Custom => "user_defined",
                }
            }

            /// Its family, the closest thing to `_type_affinity`.
            pub fn family(self) -> Family {
                match self {
                    $(Self::$variant => Family::$family,)*
                    Self::Custom => Family::Other,
                }
            }
        }
    };
}

type_classes! {
    Null "NullType" Generic "null" Null;
    Integer "Integer" Generic "integer" Integer;
    SmallInteger "SmallInteger" Generic "small_integer" Integer;
    BigInteger "BigInteger" Generic "big_integer" Integer;
    IntegerUpper "INTEGER" Generic "INTEGER" Integer;
    SmallIntUpper "SMALLINT" Generic "SMALLINT" Integer;
    BigIntUpper "BIGINT" Generic "BIGINT" Integer;
    Numeric "Numeric" Generic "numeric" Numeric;
    NumericUpper "NUMERIC" Generic "NUMERIC" Numeric;
    DecimalUpper "DECIMAL" Generic "DECIMAL" Numeric;
    Float "Float" Generic "float" Float;
    FloatUpper "FLOAT" Generic "FLOAT" Float;
    RealUpper "REAL" Generic "REAL" Float;
    Double "Double" Generic "double" Float;
    DoubleUpper "DOUBLE" Generic "DOUBLE" Float;
    DoublePrecision "DOUBLE_PRECISION" Generic "DOUBLE_PRECISION" Float;
    Boolean "Boolean" Generic "boolean" Boolean;
    BooleanUpper "BOOLEAN" Generic "BOOLEAN" Boolean;
    MatchType "MatchType" Generic "boolean" Boolean;
    String "String" Generic "string" String;
    Unicode "Unicode" Generic "unicode" String;
    Text "Text" Generic "text" String;
    UnicodeText "UnicodeText" Generic "unicode_text" String;
    CharUpper "CHAR" Generic "CHAR" String;
    NcharUpper "NCHAR" Generic "NCHAR" String;
    VarcharUpper "VARCHAR" Generic "VARCHAR" String;
    NvarcharUpper "NVARCHAR" Generic "NVARCHAR" String;
    TextUpper "TEXT" Generic "TEXT" String;
    ClobUpper "CLOB" Generic "CLOB" String;
    LargeBinary "LargeBinary" Generic "large_binary" Binary;
    BlobUpper "BLOB" Generic "BLOB" Binary;
    BinaryUpper "BINARY" Generic "BINARY" Binary;
    VarbinaryUpper "VARBINARY" Generic "VARBINARY" Binary;
    PickleType "PickleType" Generic "type_decorator" Binary;
    Date "Date" Generic "date" Date;
    DateUpper "DATE" Generic "DATE" Date;
    DateTime "DateTime" Generic "datetime" DateTime;
    DateTimeUpper "DATETIME" Generic "DATETIME" DateTime;
    Timestamp "TIMESTAMP" Generic "TIMESTAMP" DateTime;
    Time "Time" Generic "time" Time;
    TimeUpper "TIME" Generic "TIME" Time;
    Interval "Interval" Generic "type_decorator" Interval;
    Json "JSON" Generic "JSON" Json;
    Uuid "Uuid" Generic "uuid" Uuid;
    UuidUpper "UUID" Generic "UUID" Uuid;
    Enum "Enum" Generic "enum" Enum;
    JsonIntIndexType "JSONIntIndexType" Generic "json_int_index" JsonPath;
    JsonStrIndexType "JSONStrIndexType" Generic "json_str_index" JsonPath;
    JsonPathType "JSONPathType" Generic "json_path" JsonPath;
    Array "ARRAY" Generic "ARRAY" Array;
    Tuple "TupleType" Generic "tuple" Tuple;
    PostgresArray "ARRAY" Postgres "ARRAY" Array;
    PostgresBit "BIT" Postgres "BIT" PostgresBit;
    Bytea "BYTEA" Postgres "BYTEA" Binary;
    Cidr "CIDR" Postgres "CIDR" Network;
    Citext "CITEXT" Postgres "CITEXT" String;
    DateMultirange "DATEMULTIRANGE" Postgres "DATEMULTIRANGE" Multirange;
    DateRange "DATERANGE" Postgres "DATERANGE" Range;
    Domain "DOMAIN" Postgres "DOMAIN" Domain;
    PostgresEnum "ENUM" Postgres "enum" Enum;
    Hstore "HSTORE" Postgres "HSTORE" Hstore;
    Inet "INET" Postgres "INET" Network;
    Int4Multirange "INT4MULTIRANGE" Postgres "INT4MULTIRANGE" Multirange;
    Int4Range "INT4RANGE" Postgres "INT4RANGE" Range;
    Int8Multirange "INT8MULTIRANGE" Postgres "INT8MULTIRANGE" Multirange;
    Int8Range "INT8RANGE" Postgres "INT8RANGE" Range;
    PostgresInterval "INTERVAL" Postgres "INTERVAL" Interval;
    PostgresJson "JSON" Postgres "JSON" Json;
    Jsonb "JSONB" Postgres "JSONB" Json;
    JsonPath "JSONPATH" Postgres "JSONPATH" JsonPath;
    Macaddr "MACADDR" Postgres "MACADDR" Network;
    Macaddr8 "MACADDR8" Postgres "MACADDR8" Network;
    Money "MONEY" Postgres "MONEY" Other;
    NumMultirange "NUMMULTIRANGE" Postgres "NUMMULTIRANGE" Multirange;
    NumRange "NUMRANGE" Postgres "NUMRANGE" Range;
    Oid "OID" Postgres "OID" Other;
    Regclass "REGCLASS" Postgres "REGCLASS" Other;
    Regconfig "REGCONFIG" Postgres "REGCONFIG" Other;
    PostgresTime "TIME" Postgres "TIME" Time;
    PostgresTimestamp "TIMESTAMP" Postgres "TIMESTAMP" DateTime;
    TsMultirange "TSMULTIRANGE" Postgres "TSMULTIRANGE" Multirange;
    TsQuery "TSQUERY" Postgres "TSQUERY" Other;
    TsRange "TSRANGE" Postgres "TSRANGE" Range;
    TstzMultirange "TSTZMULTIRANGE" Postgres "TSTZMULTIRANGE" Multirange;
    TstzRange "TSTZRANGE" Postgres "TSTZRANGE" Range;
    TsVector "TSVECTOR" Postgres "TSVECTOR" Other;
    MysqlBigInt "BIGINT" Mysql "BIGINT" Integer;
    MysqlBit "BIT" Mysql "BIT" MysqlBit;
    MysqlChar "CHAR" Mysql "CHAR" String;
    MysqlDateTime "DATETIME" Mysql "DATETIME" DateTime;
    MysqlDecimal "DECIMAL" Mysql "DECIMAL" Numeric;
    MysqlDouble "DOUBLE" Mysql "DOUBLE" Float;
    MysqlEnum "ENUM" Mysql "ENUM" Enum;
    MysqlFloat "FLOAT" Mysql "FLOAT" Float;
    Inet4 "INET4" Mysql "INET4" Other;
    Inet6 "INET6" Mysql "INET6" Other;
    MysqlInteger "INTEGER" Mysql "INTEGER" Integer;
    MysqlJson "JSON" Mysql "JSON" Json;
    LongBlob "LONGBLOB" Mysql "LONGBLOB" Binary;
    LongText "LONGTEXT" Mysql "LONGTEXT" String;
    MediumBlob "MEDIUMBLOB" Mysql "MEDIUMBLOB" Binary;
    MediumInt "MEDIUMINT" Mysql "MEDIUMINT" Integer;
    MediumText "MEDIUMTEXT" Mysql "MEDIUMTEXT" String;
    MysqlNchar "NCHAR" Mysql "NCHAR" String;
    MysqlNumeric "NUMERIC" Mysql "NUMERIC" Numeric;
    MysqlNvarchar "NVARCHAR" Mysql "NVARCHAR" String;
    MysqlReal "REAL" Mysql "REAL" Float;
    Set "SET" Mysql "SET" String;
    MysqlSmallInt "SMALLINT" Mysql "SMALLINT" Integer;
    MysqlText "TEXT" Mysql "TEXT" String;
    MysqlTime "TIME" Mysql "TIME" Time;
    MysqlTimestamp "TIMESTAMP" Mysql "TIMESTAMP" DateTime;
    TinyBlob "TINYBLOB" Mysql "TINYBLOB" Binary;
    TinyInt "TINYINT" Mysql "TINYINT" Integer;
    TinyText "TINYTEXT" Mysql "TINYTEXT" String;
    MysqlVarchar "VARCHAR" Mysql "VARCHAR" String;
    Year "YEAR" Mysql "YEAR" Other;
    SqliteDate "DATE" Sqlite "date" Date;
    SqliteDateTime "DATETIME" Sqlite "datetime" DateTime;
    SqliteJson "JSON" Sqlite "JSON" Json;
    SqliteJsonb "JSONB" Sqlite "JSONB" Json;
    SqliteTime "TIME" Sqlite "time" Time;
}

impl TypeClass {
    /// The class a name stands for in a module, `INT` and the backends' aliases included.
    pub fn find(module: Module, name: &str) -> Option<Self> {
        let name = if name == "INT" { "INTEGER" } else { name };
        let own = Self::ALL
            .iter()
            .copied()
            .find(|class| class.module() == module && class.name() == name);
        if own.is_some() || module == Module::Generic {
            return own;
        }
        // A backend's module passes the generic upper-case classes on.
        let upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
        Self::ALL
            .iter()
            .copied()
            .find(|class| upper && class.module() == Module::Generic && class.name() == name)
    }
}
