"""On the path of a run's jobs: how long each process spends in its network's passes.

Python imports this by itself. Each process writes a file into the folder $BENCH_PASSES as it ends:
the seconds of all calls of a classifier, and of all backward passes.
"""

import atexit
import importlib.abc
import importlib.util
import os
import sys
import time
from pathlib import Path


class Stopwatch(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the classifiers' module as it is, then times what it defines."""

    def __init__(self) -> None:
        self.seconds, self.depth, self.process = 0.0, 0, 0

    def find_spec(self, name, path=None, target=None):
        if name != "invariances.classifiers":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        self.loader, spec.loader = spec.loader, self
        return spec

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module) -> None:
        self.loader.exec_module(module)
        import torch

        module.Classifier.forward = self.timed(module.Classifier.forward)
        torch.autograd.backward = self.timed(torch.autograd.backward)

    def timed(self, function):
        def call(*arguments, **options):
            if self.process != os.getpid():
                # A fork of one that has imported the classifiers tells of its own alone.
                self.seconds, self.process = 0.0, os.getpid()
                atexit.register(self.write)
            # Only the outermost: a pass within a pass is counted already.
            self.depth += 1
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                self.depth -= 1
                if not self.depth:
                    self.seconds += time.perf_counter() - start

        return call

    def write(self) -> None:
        if self.seconds:
            script = Path(sys.argv[0]).stem
            file = Path(os.environ["BENCH_PASSES"]) / f"{script}-{os.getpid()}"
            file.write_text(str(self.seconds))


if "BENCH_PASSES" in os.environ:
    sys.meta_path.insert(0, Stopwatch())
