"""One set of versions everywhere."""

import ast
import re
import sys

import yaml

from normative.workflow.code import code_files, import_statements

CONDA_NAMES = {
    "pytorch": "torch",
    "matplotlib-base": "matplotlib",
    "jinja2": "Jinja2",
    "markdown": "Markdown",
    "pyyaml": "PyYAML",
}


def pins(repository):
    lines = (repository / "requirements.txt").read_text().splitlines()
    return dict(
        line.split(";")[0].split("==") for line in lines if line and not line.startswith("#")
    )


def test_every_requirement_is_pinned(repository):
    for package, version in pins(repository).items():
        assert re.fullmatch(r"[\w.-]+", package)
        assert re.fullmatch(r"[\d.]+(post\d+)?", version), package
    assert pins(repository)["torch"] == "2.13.0"


def test_conda_environments_carry_the_same_versions(repository):
    for path in sorted((repository / "envs").glob("*.yaml")):
        for dependency in yaml.safe_load(path.read_text())["dependencies"]:
            package, version = dependency.split("=")
            if package != "python":
                package = CONDA_NAMES.get(package, package)
                assert version == pins(repository)[package], f"{path.name}: {package}"


def test_conda_environments_hold_what_the_scripts_import(repository):
    """Each script's imports, its own and those of the library modules it uses."""
    rules = "\n".join(path.read_text() for path in (repository / "rules").glob("*.smk"))
    used = re.findall(r'"\.\./envs/(\w+)\.yaml"\n.*?"\.\./scripts/(\w+)\.py"', rules, re.S)
    assert len(used) > 10
    for environment, script in used:
        dependencies = yaml.safe_load((repository / f"envs/{environment}.yaml").read_text())
        names = {entry.split("=")[0] for entry in dependencies["dependencies"]}
        provided = {CONDA_NAMES.get(name, name) for name in names}
        _, packages = code_files(script)
        assert set(packages) <= provided, f"{script}, {environment}.yaml"


def test_imports_are_those_of_the_whole_tree_of_the_code(repository):
    """Found by lines, which is three times as fast; in other statements, too."""
    texts = [path.read_text() for path in (repository / "scripts").rglob("*.py")]
    texts.append(
        "if x:\n    from a.b import (\n        c,\n        d as e,\n    )\nimport f, g.h as i\n"
    )
    for text in texts:
        kinds = (ast.Import, ast.ImportFrom)
        whole = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
        found = [node for node in import_statements(text) if isinstance(node, kinds)]
        assert sorted(map(ast.dump, found)) == sorted(map(ast.dump, whole)), text
    assert len(whole) == 2


def test_jobs_load_no_large_package_that_they_do_not_use(repository):
    """Each costs half a second or more, in every job."""
    names = {path.stem for path in (repository / "scripts").glob("*.py")}
    loaded = {name: set(loads(repository / "scripts", f"{name}.py")) for name in names}
    draw = {name for name in names if name.startswith("plot_")}
    assert {name for name in names if "torch" in loaded[name]} == {
        "train_networks",
        "extract_activations",
        "describe_network",
        "inspect_network",
        "fit_bonus_network",
        "fit_networks_to_v1",
    }
    assert {name for name in names if "matplotlib" in loaded[name]} == draw
    assert not loaded["compute_rdms"] & {"scipy", "pandas", "sklearn"}
    assert not loaded["generate_stimuli"] - {"numpy"}
    assert not loaded["generate_training_stimuli"] - {"numpy"}
    assert not {"scipy", "pandas"} & (loaded["compare_networks"] | loaded["compare_references"])
    assert "scipy" not in loaded["average_over_seeds"]


def test_no_room_of_the_library_loads_anything_by_itself(repository):
    """A room's `__init__` imports only modules of its own, such as those of a registry."""
    scripts = repository / "scripts"
    for path in scripts.glob("normative/*/__init__.py"):
        assert not set(loads(scripts, path.relative_to(scripts))) - {"numpy"}, path


def loads(scripts, name):
    """Yield what a script and the library modules it uses import as they load."""
    for node in ast.parse((scripts / name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for module in modules:
            package = module.split(".")[0]
            path = module.replace(".", "/")
            if package == "normative":
                for file in (f"{path}.py", f"{path}/__init__.py"):
                    if (scripts / file).is_file():
                        yield from loads(scripts, file)
            elif package not in sys.stdlib_module_names:
                yield package
