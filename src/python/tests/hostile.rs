//! Programs that ask for more than a revision may: refused, and nothing else.

use super::{run, run_with};
use crate::python::{Failure, Limits};

const HARMLESS: &[&str] = &[
    "f'{1.5:.99999}'",
    "f'{1.5:.99999e}{1.5:.99999g}'",
    "'%.70000f' % 1.5",
    "f'{1:0999999,}'",
    "from decimal import Decimal\nstr(round(Decimal('1.5'), 70000))",
    "x = frozenset()\nfor i in range(150): x = frozenset([x])\nhash(x) == hash(frozenset([x]))",
    "s = set(range(200000))\nwhile s: s.pop()",
    "d = dict.fromkeys(range(200000))\nwhile d: del d[next(iter(d))]",
    "import re\ntry:\n  re.compile('((a{900}){900}){900}')\nexcept re.error: pass",
    "import re\ntry:\n  re.compile('(' * 5000 + ')' * 5000)\nexcept re.error: pass",
    "(lambda: [x for x in range(3)])()",
    "import datetime as d\ntry:\n  d.timedelta(days=10**18)\nexcept OverflowError: pass",
    "import datetime as d\ntry:\n  d.date.fromordinal(2**62)\nexcept OverflowError: pass",
    "range(-2**63, 2**63 - 1, 2**62)[1:3]",
    "len(range(2**62)), range(2**62)[-1], 'abc'[::-2**63], 'abc'[2**63:]",
    "(-2**63) // -1, (-2**63) % -1, -(-2**63), abs(-2**63), round(-2**63, -5)",
];

#[test]
fn odd_programs_end_by_themselves() {
    for source in HARMLESS {
        let (_, failure) = run(source);
        assert!(failure.is_none(), "{source}: {failure:?}");
    }
}

const REFUSED: &[(&str, &str)] = &[
    ("open('/etc/passwd')", "open"),
    ("open('out.txt', 'w')", "open"),
    ("import os\nos.system('ls')", "os.system"),
    ("import os\nos.remove('x')", "os.remove"),
    ("import os\nos.listdir('/')", "os.listdir"),
    ("from os import system", "os.system"),
    (
        "import subprocess\nsubprocess.run(['ls'])",
        "subprocess.run",
    ),
    ("import socket\nsocket.socket()", "socket.socket"),
    (
        "import urllib.request\nurllib.request.urlopen('http://x')",
        "urllib.request.urlopen",
    ),
    ("import shutil\nshutil.rmtree('/')", "shutil.rmtree"),
    ("import tempfile\ntempfile.mkdtemp()", "tempfile.mkdtemp"),
    (
        "import threading\nthreading.Thread(target=print)",
        "threading.Thread",
    ),
    (
        "import multiprocessing\nmultiprocessing.Pool()",
        "multiprocessing.Pool",
    ),
    ("import ctypes\nctypes.CDLL(None)", "ctypes.CDLL"),
    (
        "import asyncio\nasync def f(): pass\nasyncio.run(f())",
        "asyncio.run",
    ),
    ("import pickle\npickle.loads(b'')", "pickle.loads"),
    ("import nonsense", "nonsense"),
    ("import os\nos.environ['PATH']", "os.environ"),
    ("import os\nos.environ['HOME'] = 'x'", "os.environ"),
    ("eval('1')", "eval"),
    ("exec('x = 1')", "exec"),
    ("compile('1', 'a', 'eval')", "compile"),
    ("input()", "input"),
    ("f = lambda: 0\nf.__globals__", "__globals__"),
    ("f = lambda: 0\nf.__code__", "__code__"),
    (
        "().__class__.__bases__[0].__subclasses__()",
        "__subclasses__",
    ),
    (
        "class M(type): pass\nclass A(metaclass=M): pass",
        "metaclass",
    ),
    ("while True: pass", "step limit"),
    ("def f(): return f()\nf()", "recursion limit"),
    (
        "try:\n  while True:\n    try:\n      pass\n    except BaseException: pass\nexcept BaseException: print('caught')",
        "step limit",
    ),
    ("x = 'a' * 10**6\nwhile True: x.count('aa')", "step limit"),
    ("x = 'a' * 10**6\nwhile True: hash(x)", "step limit"),
    (
        "x = 'a' * 10**6\ny = x + ''\nwhile True: x == y",
        "step limit",
    ),
    ("x = 'aA' * 10**6\nwhile True: x.strip(x)", "step limit"),
    ("x = b'a' * 10**6\nwhile True: x.find(b'aab')", "step limit"),
    ("x = [0] * 10**6\nwhile True: x.reverse()", "step limit"),
    (
        "x = frozenset(range(10**5))\nwhile True: hash(x)",
        "step limit",
    ),
    ("x = 1 << 10**7\nwhile True: x < x", "step limit"),
    ("y = {float('nan'): 1 for i in range(10**6)}", "step limit"),
    (
        "x = 'a%' * 10**5\nwhile True:\n  try:\n    x % ()\n  except TypeError: pass",
        "step limit",
    ),
    (
        "import re\nwhile True: re.compile('(a{100}){900}')",
        "step limit",
    ),
    (
        "import re\nwhile True: re.search('(?=(a+))b', 'a' * 5000)",
        "step limit",
    ),
    ("import re\nre.search('a(?!b)', 'b' * 10**6)", "re"),
    (
        "import hashlib\nx = b'a' * 10**6\nwhile True: hashlib.md5(x)",
        "memory limit",
    ),
    (
        "import binascii\nx = b'a' * 10**6\nwhile True: binascii.crc32(x)",
        "step limit",
    ),
    ("x = 'a' * 10**12", "memory limit"),
    ("x = [0] * 10**10", "memory limit"),
    ("x = (0,) * 10**12", "memory limit"),
    ("x = b'a' * 10**13", "memory limit"),
    ("x = 2 ** 10**10", "memory limit"),
    ("x = 1 << 10**12", "memory limit"),
    ("x = 7 ** 7 ** 7 ** 7 ** 7", "step limit"),
    ("list(range(10**12))", "step limit"),
    ("sum(range(10**12))", "step limit"),
    ("x = []\nwhile True: x.append(x)", "step limit"),
    ("x = 'a'\nwhile True: x += x", "memory limit"),
    ("x = [1]\nwhile True: x += x", "memory limit"),
    ("'%1000000000000d' % 1", "memory limit"),
    ("f'{1:{10**9}}'", "memory limit"),
    ("'x'.ljust(10**12)", "memory limit"),
    ("'x'.center(10**12)", "memory limit"),
    ("'1'.zfill(10**12)", "memory limit"),
    ("'\\t'.expandtabs(10**12)", "memory limit"),
    (
        "'aaaa'.replace('a', 'b' * 10**8).replace('b', 'c' * 1000)",
        "memory limit",
    ),
    ("','.join(['x' * 10**6] * 10**6)", "memory limit"),
    ("bytes(10**12)", "memory limit"),
    ("(1).to_bytes(10**12, 'big')", "memory limit"),
    ("import re\nre.match('(a|aa)+\\\\1$', 'a' * 60 + 'b')", "re"),
    (
        "import itertools\nfor i in itertools.count(): pass",
        "step limit",
    ),
    ("import itertools\nlist(itertools.repeat(1))", "step limit"),
    (
        "import itertools\nlist(itertools.product(range(100), repeat=10))",
        "step limit",
    ),
    ("import math\nmath.factorial(10**9)", "step limit"),
    ("import time\nwhile True: time.sleep(100000)", "step limit"),
    (
        "class A:\n  def __getattr__(self, n): return getattr(self, n + 'x')\nA().b",
        "recursion limit",
    ),
    (
        "class A:\n  def __eq__(self, o): return self == o\nA() == A()",
        "recursion limit",
    ),
    (
        "class A:\n  def __repr__(self): return repr(self)\nrepr(A())",
        "recursion limit",
    ),
    (
        "class A:\n  def __bool__(self): return bool(self)\nnot A()",
        "recursion limit",
    ),
    (
        "class A:\n  def __hash__(self): return hash(self)\n{A(): 1}",
        "recursion limit",
    ),
    (
        "class A:\n  def __iter__(self): return iter(self)\nlist(A())",
        "recursion limit",
    ),
    (
        "class A:\n  def __call__(self): return self()\nA()()",
        "recursion limit",
    ),
    (
        "class A:\n  def __lt__(self, o): return sorted([A(), A()])\nsorted([A(), A()])",
        "recursion limit",
    ),
    ("def g():\n  yield from g()\nlist(g())", "recursion limit"),
    (
        "x = []\nfor i in range(100000): x = [x]\nprint(x)",
        "recursion limit",
    ),
    (
        "x = ()\nfor i in range(100000): x = (x,)\nhash(x)",
        "recursion limit",
    ),
    (
        "x = []\ny = []\nfor i in range(100000):\n  x = [x]\n  y = [y]\nx == y",
        "recursion limit",
    ),
    (
        "import copy\nx = []\nfor i in range(10000): x = [x]\ncopy.deepcopy(x)",
        "recursion limit",
    ),
    ("import json\njson.loads('[' * 100000)", "json.loads"),
    ("import sys\nsys.settrace(None)", "sys.settrace"),
    ("import sys\nsys._getframe()", "sys._getframe"),
    (
        "x = frozenset()\nfor i in range(100000): x = frozenset([x])\nx == frozenset([x])",
        "recursion limit",
    ),
    (
        "from decimal import Decimal\nx = Decimal('1E+9999')\nwhile True: x = x * x",
        "decimal",
    ),
    ("x = 1j", "complex number"),
    ("try:\n  pass\nexcept* ValueError:\n  pass", "except*"),
    (
        "import importlib\nimportlib.import_module('nothing.there')",
        "nothing",
    ),
    (
        "import pathlib\npathlib.Path('/etc/passwd').read_text()",
        "open",
    ),
    ("import builtins\nbuiltins.open('x')", "builtins.open"),
    ("import gc\ngc.get_objects()", "gc.get_objects"),
    ("import inspect\ninspect.stack()", "inspect.stack"),
    (
        "async def f():\n  async for x in y: pass\nf().send(None)",
        "async for",
    ),
    ("from app.models import User\nUser()", "app"),
];

#[test]
fn hostile_programs_are_refused_with_a_position() {
    let limits = Limits {
        steps: 3_000_000,
        allocation: 256 << 20,
        depth: 200,
    };
    let mut wrong = Vec::new();
    for (source, construct) in REFUSED {
        let (printed, failure) = run_with(source, limits);
        match failure {
            Some(Failure::Refused(refusal)) => {
                let placed = refusal.position.line > 0 && refusal.position.column > 0;
                if &*refusal.construct != *construct || !placed {
                    wrong.push(format!(
                        "{source}\n  refused as {}: {refusal}",
                        refusal.construct
                    ));
                }
            }
            Some(other) => wrong.push(format!("{source}\n  raised {other}")),
            None => wrong.push(format!("{source}\n  ran and printed {printed:?}")),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn deep_sources_do_no_harm() {
    let deep = [
        "(".repeat(50_000) + &")".repeat(50_000),
        "[".repeat(50_000),
        "-".repeat(50_000) + "1",
        "not ".repeat(50_000) + "1",
        format!("x = {}1", "1+".repeat(50_000)),
        format!("x = a{}", ".b".repeat(50_000)),
        format!("x = f{}", "()".repeat(50_000)),
        "lambda: ".repeat(20_000) + "1",
        "1 if 1 else ".repeat(20_000) + "1",
        format!("x = {}1", "2**".repeat(20_000)),
        (0..90)
            .map(|depth| " ".repeat(depth) + "if 1:\n")
            .collect::<String>()
            + &" ".repeat(90)
            + "pass",
        "f'{".repeat(200) + "1" + &"}'".repeat(200),
        "match x:\n case ".to_owned() + &"[".repeat(20_000) + &"]".repeat(20_000) + ": pass",
    ];
    for source in deep {
        let _ = run(&source);
    }
}

#[test]
fn long_chains_of_values_are_dropped() {
    for source in [
        "x = []\nfor i in range(300000): x = [x]\nx = 1",
        "x = ()\nfor i in range(300000): x = (x,)\nx = 1",
        "x = {}\nfor i in range(300000): x = {1: x}\nx = 1",
        "f = None\nfor i in range(200000):\n  f = (lambda g: lambda: g)(f)\nf = 1",
        "class A: pass\nx = None\nfor i in range(200000):\n  y = A()\n  y.n = x\n  x = y\nx = y = 1",
        "x = iter([])\nfor i in range(200000): x = map(str, x)\nx = 1",
        "x = int\nfor i in range(200000): x = list[x]\nx = 1",
        "import typing\nx = int\nfor i in range(100000): x = typing.Optional[typing.List[x]]\nx = 1",
        "x = None\nfor i in range(100000):\n  try:\n    raise ValueError(x)\n  except ValueError as e:\n    x = e\nx = 1",
    ] {
        let (_, failure) = run(source);
        assert!(failure.is_none(), "{source}: {failure:?}");
    }
}
