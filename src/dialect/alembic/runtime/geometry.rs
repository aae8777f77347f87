//! The spatial types of `geoalchemy2`, and the operations of its `alembic_helpers`, on PostgreSQL.

use std::rc::Rc;

use super::Runtime;
use super::operations::OperationsObject;
use crate::dialect::alembic::sqlalchemy::error::CompileError;
use crate::dialect::alembic::sqlalchemy::target::Target;
use crate::dialect::alembic::sqlalchemy::types::{CustomForm, CustomType, ImpliedIndex, SqlType};
use crate::python::{Arguments, Bound, Failure, Object, Value, Vm};

/// Modules of the library.
const MODULES: &[&str] = &[
    "geoalchemy2",
    "geoalchemy2.alembic_helpers",
    "geoalchemy2.functions",
    "geoalchemy2.types",
];

/// Whether a module is one of these.
pub(super) fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

/// A class of spatial types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpatialClass {
    Geometry,
    Geography,
    Raster,
}

impl SpatialClass {
    fn find(name: &str) -> Option<Self> {
        Some(match name {
            "Geometry" => Self::Geometry,
            "Geography" => Self::Geography,
            "Raster" => Self::Raster,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Geometry => "Geometry",
            Self::Geography => "Geography",
            Self::Raster => "Raster",
        }
    }

    fn signature(self) -> &'static str {
        match self {
            Self::Raster => {
                "spatial_index=, from_text=, name=, nullable=, _spatial_index_reflected="
            }
            Self::Geometry | Self::Geography => {
                "geometry_type=, srid=, dimension=, spatial_index=, use_N_D_index=, use_typmod=, \
                 from_text=, name=, nullable=, _spatial_index_reflected="
            }
        }
    }
}

/// A spatial type.
struct SpatialType {
    class: SpatialClass,
    text: String,
    index: bool,
    /// Whether the index covers all dimensions.
    all_dimensions: bool,
    nullable: bool,
}

impl CustomType for SpatialType {
    fn class_name(&self) -> &str {
        self.class.name()
    }

    fn form(&self, _target: &Target) -> Result<CustomForm, CompileError> {
        Ok(CustomForm::Text(self.text.clone()))
    }

    fn nullable(&self) -> bool {
        self.nullable
    }

    fn implied_index(&self) -> Option<ImpliedIndex> {
        self.index.then_some(ImpliedIndex {
            prefix: "idx",
            method: "gist",
            operator_class: self.all_dimensions.then_some("gist_geometry_ops_nd"),
            function: (self.class == SpatialClass::Raster).then_some("ST_ConvexHull"),
        })
    }

    fn read_by(&self) -> Option<&str> {
        Some(match self.class {
            SpatialClass::Geometry => "ST_AsEWKB",
            SpatialClass::Geography => "ST_AsBinary",
            SpatialClass::Raster => "raster",
        })
    }
}

/// A class of spatial types as a value.
pub(super) struct SpatialClassObject {
    runtime: Runtime,
    class: SpatialClass,
}

impl Runtime {
    /// A name of `geoalchemy2`.
    pub(super) fn geometry_name(
        &self,
        vm: &mut Vm,
        module: &str,
        name: &str,
    ) -> Result<Option<Value>, Failure> {
        if module == "geoalchemy2.functions" {
            let Some(functions) = self.library_name(vm, "sqlalchemy", "func")? else {
                return Ok(None);
            };
            return vm.find_attribute(&functions, name);
        }
        Ok(SpatialClass::find(name).map(|class| {
            Value::object(SpatialClassObject {
                runtime: self.clone(),
                class,
            })
        }))
    }

    /// An operation of `geoalchemy2.alembic_helpers`; on PostgreSQL they are those of Alembic.
    pub(super) fn geospatial_operation(&self, name: &str) -> Option<Value> {
        let plain = match name {
            "create_geospatial_table" => "create_table",
            "drop_geospatial_table" => "drop_table",
            "add_geospatial_column" => "add_column",
            "drop_geospatial_column" => "drop_column",
            "create_geospatial_index" => "create_index",
            "drop_geospatial_index" => "drop_index",
            _ => return None,
        };
        let runtime = self.clone();
        Some(Value::native(plain, move |vm, arguments| {
            runtime.only_on_postgis(vm, "An operation of geoalchemy2")?;
            let mut arguments = arguments;
            if plain == "add_column" {
                // The helper adds the column and nothing else.
                let change = runtime.change(vm, plain, None, arguments)?;
                runtime.run.emit_all(vm, |context, statements| {
                    let written = change.write(context, statements);
                    statements.truncate(1);
                    written
                })?;
                return Ok(Value::None);
            }
            // The column's name, which the index does not need.
            let named = arguments.take("column_name").is_some();
            if plain == "drop_index" && !named && arguments.positional.len() > 2 {
                arguments.positional.remove(2);
            }
            let operations = Value::object(OperationsObject {
                runtime: runtime.clone(),
            });
            vm.call_method(&operations, plain, arguments)
        }))
    }

    fn only_on_postgis(&self, vm: &Vm, what: &str) -> Result<(), Failure> {
        if self.run.target().is_postgres() {
            return Ok(());
        }
        Err(vm.refuse(
            "geoalchemy2",
            format!(
                "{what} is not supported on {}.",
                self.run.target().dialect_name()
            ),
            "Write the statement with op.execute().",
        ))
    }

    fn spatial_type(
        &self,
        vm: &mut Vm,
        class: SpatialClass,
        bound: &Bound,
    ) -> Result<SqlType, Failure> {
        self.only_on_postgis(vm, &format!("The type {}", class.name()))?;
        let flag = |name: &str, default: bool| bound.flag(name).unwrap_or(default);
        let name = bound.text("name")?.unwrap_or_else(|| {
            match class {
                SpatialClass::Geometry => "geometry",
                SpatialClass::Geography => "geography",
                SpatialClass::Raster => "raster",
            }
            .into()
        });
        let mut text = name.to_string();
        let mut all_dimensions = false;
        if class != SpatialClass::Raster {
            if bound
                .get("use_typmod")
                .is_some_and(|value| !value.is_none())
            {
                return Err(vm.refuse(
                    "use_typmod",
                    format!("{}(use_typmod=...) is not supported.", class.name()),
                    "Leave it out: PostGIS declares columns by their types.",
                ));
            }
            let srid = bound.int("srid")?.unwrap_or(-1);
            let geometry_type = match bound.get("geometry_type") {
                None => Some("GEOMETRY".to_owned()),
                Some(value) if value.is_none() => None,
                Some(value) => Some(vm.str(&value)?.to_uppercase()),
            };
            if let Some(geometry_type) = geometry_type.filter(|text| !text.is_empty()) {
                check_dimension(&geometry_type, bound.int("dimension")?)?;
                text = format!("{name}({geometry_type},{srid})");
            }
            all_dimensions = flag("use_N_D_index", false);
        }
        let index = flag("spatial_index", true);
        if all_dimensions && !index {
            return Err(self.run.raise(
                "ArgumentError",
                "Arg Error(use_N_D_index): spatial_index must be True",
            ));
        }
        Ok(SqlType::custom(Rc::new(SpatialType {
            class,
            text,
            index,
            all_dimensions,
            nullable: flag("nullable", true),
        })))
    }
}

/// Refuses a number of dimensions that the name of the type contradicts.
fn check_dimension(geometry_type: &str, dimension: Option<i64>) -> Result<(), Failure> {
    let Some(dimension) = dimension else {
        return Ok(());
    };
    if !(2..=4).contains(&dimension) {
        return Err(Failure::value_error(format!(
            "dimension must be one of [None, 2, 3, 4] but got {dimension}"
        )));
    }
    if geometry_type.ends_with("ZM") {
        if dimension != 4 {
            return Err(Failure::value_error(
                "dimension must be 4 when geometry_type ends with 'ZM'",
            ));
        }
    } else if geometry_type.ends_with(['Z', 'M']) && dimension != 3 {
        return Err(Failure::value_error(
            "dimension must be 3 when geometry_type ends with 'Z' or 'M'",
        ));
    }
    Ok(())
}

impl Object for SpatialClassObject {
    fn type_name(&self) -> Rc<str> {
        "type".into()
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, vm: &mut Vm, arguments: Arguments) -> Result<Option<Value>, Failure> {
        let function = format!("{}.__init__", self.class.name());
        let bound = arguments.bind(&function, self.class.signature())?;
        let sql_type = self.runtime.spatial_type(vm, self.class, &bound)?;
        Ok(Some(self.runtime.type_value(sql_type)))
    }

    fn attribute(self: Rc<Self>, _vm: &mut Vm, name: &str) -> Result<Option<Value>, Failure> {
        Ok(match name {
            "__name__" | "__qualname__" => Some(Value::str(self.class.name())),
            _ => None,
        })
    }

    fn repr(self: Rc<Self>, _vm: &mut Vm) -> Result<Rc<str>, Failure> {
        Ok(format!("<class 'geoalchemy2.types.{}'>", self.class.name()).into())
    }
}
