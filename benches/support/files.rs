//! Large files are written piecewise, so that the benchmark itself stays small.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes a file; tells its size.
pub(crate) fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> usize {
    let file = File::create(path).expect("a new file");
    let mut output = BufWriter::new(file);
    content(&mut output).expect("the file is written");
    output.flush().expect("the file is written");
    let size = std::fs::metadata(path).expect("the new file").len();
    usize::try_from(size).expect("it fits into memory")
}
