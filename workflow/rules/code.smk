"""What a job's numbers depend on in the code, as one of its parameters: another digest, and it reruns.

Needs: `CONFIG`, where library and scripts are. Makes: `script` and `code_of`, for the rules. No file of Python
is an input: edited comments rerun nothing, and a function reruns those jobs alone that can reach it.
"""

from invariances.dependencies import Code, kept_folder
from invariances.extension import in_config, is_own

# Modules of one's own are found where jobs find them.
CODE = Code(
    [SCRIPTS, LIBRARY.parent],
    [
        Path.cwd(),
        *map(Path, filter(None, os.getenv("PYTHONPATH", "").split(os.pathsep))),
    ],
    kept_folder(),
)


def script(name):
    """A command's file."""
    return os.path.relpath(SCRIPTS / f"{name}.py")


def place_of(kind, name):
    """`module:thing` of an entry of a registry of ours, or of one's own."""
    return in_config(name) if is_own(name) else CODE.entry(kind, name)


def code_of(script, transforms=(), model=None, dataset=False, chosen=None, things=()):
    """The digest of what a script reaches, and of the entries of registries that a job names.

    These are transforms, or several combined, a model's network, and the run's dataset; `chosen` is how a
    sweep applies what it is given: `combined`, or `cropped`; `things` are others, as `module:thing`.
    """
    single = [each for name in transforms for each in name.split("+")]
    try:
        names = [*things, *(place_of("transform", name) for name in single)]
        names += [f"invariances.transforms.registry:{chosen}"] if chosen else []
        names += [CLASSIFIERS[model].network] if model else []
        names += [place_of("dataset", CONFIG.dataset.name)] if dataset else []
        return " ".join([CODE.digest(script, names), script, *sorted(set(names))])
    except InputError as error:
        raise WorkflowError(str(error)) from None
