"""Holds inputs against the public Python SDK's own models.

    sdk_inputs.py CASES

CASES has one JSON object a line: {"kind", "model", "inputs"}, a file as {"$file": name}. Prints one line each: the
fields that the SDK complains about as a list, "*" for a rule between fields; null for a model that it does not know.
"""
import json
import pathlib
import sys
import warnings

from decart import models
from decart.errors import ModelNotFoundError
from pydantic import ValidationError

warnings.simplefilter("ignore")


def value(given):
    if isinstance(given, dict) and "$file" in given:
        return pathlib.Path(given["$file"])
    return given


def complaints(case):
    try:
        model = getattr(models, case["kind"])(case["model"])
    except ModelNotFoundError:
        return None
    try:
        model.input_schema(**{name: value(given) for name, given in case["inputs"].items()})
    except ValidationError as error:
        return sorted({str(problem["loc"][0]) if problem["loc"] else "*" for problem in error.errors()})
    return []


with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        print(json.dumps(complaints(json.loads(line))))
