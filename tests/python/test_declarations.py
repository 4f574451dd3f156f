"""What octet_tflite declares for ctypes is what include/octet says: every enumerator, offset, size, function and type."""

import ctypes
import subprocess
from pathlib import Path
from typing import Any, List

import pytest

c_ast = pytest.importorskip("pycparser.c_ast")
import c_interface  # noqa: E402

import octet_tflite._c as c  # noqa: E402
import octet_tflite._structs as s  # noqa: E402
from octet_tflite._library import find_library  # noqa: E402

pytestmark = pytest.mark.skipif(
    c_interface.COMPILER is None or not c_interface.INCLUDE.is_dir(), reason="needs a C compiler and include/octet"
)

SCALARS = {
    "void": None,
    "_Bool": ctypes.c_bool,
    "int": ctypes.c_int,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
    "size_t": ctypes.c_size_t,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "octet_status": ctypes.c_int,
    "octet_rendering": ctypes.c_int,
    "octet_saved_kind": ctypes.c_int,
}


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> c_interface.Interface:
    return c_interface.read_interface(tmp_path_factory.mktemp("headers"))


def type_name(node: Any) -> str:
    return " ".join(node.type.names) if isinstance(node.type, c_ast.IdentifierType) else str(node.type.name)


def pointed_fits(interface: c_interface.Interface, target: Any, declared: Any) -> bool:
    """Whether ctypes' `declared` can stand for a pointer to `target`. An address may always be a bare address."""
    if declared is ctypes.c_void_p:
        return True
    if isinstance(target, c_ast.TypeDecl):
        name = type_name(target)
        if name == "char":
            return declared is ctypes.c_char_p
        if name in interface.function_types:
            return function_fits(interface, interface.function_types[name], declared._restype_, declared._argtypes_)
        if name in s.STRUCTS:
            return bool(declared is ctypes.POINTER(s.STRUCTS[name]))
        return bool(declared is ctypes.POINTER(SCALARS[name]))
    return hasattr(declared, "_type_") and fits(interface, target, declared._type_)


def fits(interface: c_interface.Interface, node: Any, declared: Any) -> bool:
    if isinstance(node, c_ast.PtrDecl):
        return pointed_fits(interface, node.type, declared)
    if isinstance(node, c_ast.ArrayDecl):
        return hasattr(declared, "_length_") and fits_element(interface, node.type, declared._type_)
    name = type_name(node)
    if name in s.STRUCTS:
        return bool(declared is s.STRUCTS[name])
    return bool(declared is SCALARS[name])


def fits_element(interface: c_interface.Interface, node: Any, declared: Any) -> bool:
    if isinstance(node, c_ast.TypeDecl) and type_name(node) == "char":
        return declared is ctypes.c_char
    return fits(interface, node, declared)


def function_fits(interface: c_interface.Interface, node: Any, result: Any, arguments: Any) -> bool:
    parameters: List[Any] = [p.type for p in node.args.params] if node.args is not None else []
    if len(parameters) == 1 and isinstance(parameters[0], c_ast.TypeDecl) and type_name(parameters[0]) == "void":
        parameters = []
    return (
        fits(interface, node.type, result)
        and len(parameters) == len(arguments)
        and all(fits(interface, p, a) for p, a in zip(parameters, arguments))
    )


def test_the_headers_are_read(interface: c_interface.Interface) -> None:
    assert interface.enumerators["OCTET_CANCELLED"] == 10
    assert len(interface.structs) >= 17
    assert len(interface.functions) >= 90


def test_enumerators(interface: c_interface.Interface) -> None:
    declared = {name: getattr(s, name.replace("OCTET_", "", 1), None) for name in interface.enumerators}
    assert declared == interface.enumerators


def test_all_structs_are_declared(interface: c_interface.Interface) -> None:
    assert sorted(s.STRUCTS) == sorted(interface.structs)


@pytest.mark.parametrize("name", sorted(s.STRUCTS))
def test_struct(interface: c_interface.Interface, name: str) -> None:
    struct, declared = interface.structs[name], s.STRUCTS[name]
    assert [field[0] for field in declared._fields_] == list(struct.members)
    assert {m: getattr(declared, m).offset for m in struct.members} == struct.offsets
    assert ctypes.sizeof(declared) == struct.size
    types = dict(f[:2] for f in declared._fields_)
    assert [m for m, node in struct.members.items() if not fits(interface, node, types[m])] == []


def test_all_functions_are_declared(interface: c_interface.Interface) -> None:
    assert sorted(c.FUNCTIONS) == sorted(interface.functions)


@pytest.mark.parametrize("name", sorted(c.FUNCTIONS))
def test_function(interface: c_interface.Interface, name: str) -> None:
    result, arguments = c.FUNCTIONS[name]
    assert function_fits(interface, interface.functions[name], result, arguments)


def test_the_library_exports_these_functions(interface: c_interface.Interface) -> None:
    command = ["nm", "-D", "--defined-only", str(find_library())]
    try:
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    except FileNotFoundError:
        pytest.skip("needs nm")
    exported = {line.split()[-1].split("@")[0] for line in lines}
    assert exported == set(interface.functions)


def test_a_wrong_declaration_is_seen(interface: c_interface.Interface) -> None:
    function = interface.functions["octet_interpreter_set_input"]
    right = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p]
    assert function_fits(interface, function, None, right)
    assert not function_fits(interface, function, ctypes.c_int, right)
    assert not function_fits(interface, function, None, right[:2])
    assert not function_fits(interface, function, None, [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p])
    assert not function_fits(interface, function, None, [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p])
