"""Checks Istio's manifests against the models of the PyPI package cloudcoil-models-istio: python istio.py FILE…

The models are pydantic's. What they are derived from asks for a Python that few have yet, and only adds
builders and clients; so the few names that they want of it stand here.
"""

import importlib.metadata
import importlib.util
import sys
import types
from typing import ClassVar
import pydantic
import yaml

class Strict(pydantic.BaseModel):
    """A misspelled field is an error here; an API server would drop it."""

    model_config = pydantic.ConfigDict(extra="forbid")


class Unused:
    """Of what the check does not call."""

    def __class_getitem__(cls, _: object) -> type:
        return cls


class Metadata(Strict):
    Builder: ClassVar = Unused
    BuilderContext: ClassVar = Unused
    name: str
    namespace: str


class Resource(Strict):
    metadata: Metadata


def provide(name: str, **members: object) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


builders = [
    "UNSET", "BaseBuilder", "BaseModelBuilder", "BuilderContextBase", "GenericListBuilder", "ListBuilderContext",
    "Never", "Self",
]
provide("cloudcoil.apimachinery", ObjectMeta=Metadata)
provide("cloudcoil.pydantic", BaseModel=Strict, **dict.fromkeys(builders, Unused))
provide("cloudcoil.resources", Resource=Resource)

# Their file alone; the package around it wants the newer Python.
package = importlib.metadata.distribution("cloudcoil-models-istio")
path = package.locate_file("cloudcoil/models/istio/extensions/v1alpha1.py")
spec = importlib.util.spec_from_file_location("v1alpha1", path)
v1alpha1 = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = v1alpha1  # where pydantic looks for the models
spec.loader.exec_module(v1alpha1)

MODELS = {model.__name__: model for model in (v1alpha1.WasmPlugin, v1alpha1.TrafficExtension)}

for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as text:
        for document in yaml.safe_load_all(text):
            try:
                MODELS[document["kind"]].model_validate(document)
            except (KeyError, pydantic.ValidationError) as error:
                sys.exit(f"{file}: {error}")
            print(f"{file}: {document['kind']} {document['metadata']['name']} is valid")
