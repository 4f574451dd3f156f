"""What include/octet declares: parsed by pycparser, with the offsets and sizes that a C compiler gives."""

import shutil
import subprocess
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from pycparser import c_ast, c_parser

INCLUDE = Path(__file__).resolve().parents[2] / "include"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
# What glibc's headers have beyond C.
PLAIN_C = ["-D__attribute__(x)=", "-D__extension__=", "-D__restrict=", "-D__inline=inline", "-D__asm__(x)="]


class Struct(NamedTuple):
    members: Dict[str, c_ast.Node]
    offsets: Dict[str, int]
    size: int


class Interface(NamedTuple):
    enumerators: Dict[str, int]
    structs: Dict[str, Struct]
    functions: Dict[str, c_ast.FuncDecl]
    function_types: Dict[str, c_ast.FuncDecl]


def _compile_and_run(text: str, folder: Path) -> List[str]:
    source, program = folder / "numbers.c", folder / "numbers"
    source.write_text(text)
    subprocess.run([str(COMPILER), "-std=c99", f"-I{INCLUDE}", str(source), "-o", str(program)], check=True)
    return subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout.splitlines()


def _struct_members(node: c_ast.Node) -> Optional[Dict[str, c_ast.Node]]:
    struct = node.type.type if isinstance(node.type, c_ast.TypeDecl) else None
    if not isinstance(struct, c_ast.Struct) or struct.decls is None:
        return None
    return {member.name: member.type for member in struct.decls}


def read_interface(folder: Path) -> Interface:
    """Reads octet.h; `folder` takes a small program that prints offsets."""
    command = [str(COMPILER), "-E", "-P", "-std=c99", *PLAIN_C, f"-I{INCLUDE}", "-include", "octet/octet.h", "-xc", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, input="").stdout
    enumerators: List[str] = []
    members: Dict[str, Dict[str, c_ast.Node]] = {}
    functions: Dict[str, c_ast.FuncDecl] = {}
    function_types: Dict[str, c_ast.FuncDecl] = {}

    class Enums(c_ast.NodeVisitor):
        def visit_Enumerator(self, node: c_ast.Enumerator) -> None:
            if node.name.startswith("OCTET_"):
                enumerators.append(node.name)

    tree = c_parser.CParser().parse(text)
    Enums().visit(tree)
    for node in tree.ext:
        name = getattr(node, "name", None) or ""
        if not name.startswith("octet_"):
            continue
        if isinstance(node, c_ast.Typedef):
            if isinstance(node.type, c_ast.FuncDecl):
                function_types[name] = node.type
            found = _struct_members(node)
            if found is not None:
                members[name] = found
        elif isinstance(node.type, c_ast.FuncDecl):
            functions[name] = node.type

    lines = [f'printf("%lld\\n", (long long){e});' for e in enumerators]
    for struct, names in members.items():
        lines.append(f'printf("%zu\\n", sizeof({struct}));')
        lines += [f'printf("%zu\\n", offsetof({struct}, {name}));' for name in names]
    includes = "#include <stddef.h>\n#include <stdio.h>\n#include <octet/octet.h>\n"
    numbers = iter(_compile_and_run(includes + "int main(void) {\n" + "\n".join(lines) + "\nreturn 0;\n}\n", folder))
    values = {e: int(next(numbers)) for e in enumerators}
    structs = {}
    for struct, names in members.items():
        size = int(next(numbers))
        structs[struct] = Struct(names, {name: int(next(numbers)) for name in names}, size)
    return Interface(values, structs, functions, function_types)
