"""Decision tables and expected results of the DMN TCK, compliance level 2, as data.

Source: the DMN Technology Compatibility Kit (dmn-tck), TestCases/compliance-level-2; each table is named after its
test. Outputs of a table with one unnamed output are under "".
"""

from __future__ import annotations

from typing import Any

PERSON = (("Age", "number", ""), ("RiskCategory", "string", '"High", "Low", "Medium"'), ("isAffordable", "boolean", ""))
_STATUS = ("", '"Approved", "Declined"', "")
_TWO = (("Status", '"Approved", "Declined"', '"Declined"'), ("Rate", '"Best", "Standard"', '"Standard"'))
_TWO_FREE = (("Status", "", '"Declined"'), ("Rate", "", '"Standard"'))
_RATED = (("Approved/Declined", '"Approved", "Declined"', ""), ("Rate", "", ""))
_YES, _NO = '"Approved"', '"Declined"'
_ANY_FOUR = (
    (">=18", '"Medium","Low"', "true", _YES),
    ("<18", "-", "-", _NO),
    ("-", '"High"', "-", _NO),
    ("-", "-", "false", _NO),
)
_STEPS = (
    (">=18", '"Medium"', "true", _YES, '"Best"'),
    (">=12", '"Medium"', "true", _YES, '"Standard"'),
    ("<12", '"Low"', "true", _NO, '"Standard"'),
)
_RATES = (
    (">=18", '"Low"', "true", _YES, '"Best"'),
    (">=18", '"Medium"', "true", _YES, '"Standard"'),
    ("<18", '"Medium","Low"', "true", _NO, '"Standard"'),
    ("-", '"High"', "true", _NO, '"Standard"'),
    ("-", "-", "false", _NO, '"Standard"'),
)
_BASIC = (
    (">=18", '"Medium","Low"', "true", _YES, '"Basic"'),
    ("<18", "-", "-", _NO, '"Standard"'),
    ("-", '"High"', "-", _YES, '"Standard"'),
)
_YEARS = (("NumOfYears", "number", ""),)
_AGE = (("Age", "number", ""),)
_PAY = ((">1", "100"), (">2", "200"), (">3", "300"), (">5", "500"))
_ONE = ("", "", "")


def _p(age: int, risk: str, affordable: bool = True) -> dict[str, Any]:
    return {"Age": age, "RiskCategory": risk, "isAffordable": affordable}


def _two(status: str, rate: str) -> dict[str, str]:
    return {"Status": status, "Rate": rate}


def _rated(status: str, rate: str) -> dict[str, str]:
    return {"Approved/Declined": status, "Rate": rate}


_THREE = ((_p(18, "Medium"), "Approved"), (_p(17, "Medium"), "Declined"), (_p(18, "High"), "Declined"))

# test id: (decision, hit policy, aggregation, inputs, outputs (name, values, default), rules, cases)
TABLES: dict[str, tuple[str, str, str, Any, Any, Any, Any]] = {
    "0004-simpletable-U": (
        "Approval Status", "UNIQUE", "", PERSON, (_STATUS,),
        (
            (">=18", '"Medium","Low"', "true", _YES),
            ("<18", '"Medium","Low"', "true", _NO),
            ("-", '"High"', "true", _NO),
            ("-", "-", "false", _NO),
        ),
        _THREE,
    ),
    "0005-simpletable-A": ("Approval Status", "ANY", "", PERSON, (_STATUS,), _ANY_FOUR, _THREE),
    "0006-simpletable-P1": ("Approval Status", "PRIORITY", "", PERSON, (_STATUS,), _ANY_FOUR, _THREE),
    "0007-simpletable-P2": (
        "Approval Status", "PRIORITY", "", PERSON, (_STATUS,), (_ANY_FOUR[0], ("-", "-", "-", _NO)), _THREE,
    ),
    "0010-multi-output-U": (
        "Approval", "UNIQUE", "", PERSON, _TWO, _RATES,
        (
            (_p(18, "Medium"), _two("Approved", "Standard")),
            (_p(17, "Medium"), _two("Declined", "Standard")),
            (_p(18, "High"), _two("Declined", "Standard")),
        ),
    ),
    "0108-first-hitpolicy": (
        "Approval", "FIRST", "", PERSON, _TWO, _STEPS,
        (
            (_p(19, "Medium"), _two("Approved", "Best")),
            (_p(13, "Medium"), _two("Approved", "Standard")),
            (_p(10, "Low"), _two("Declined", "Standard")),
        ),
    ),
    "0109-ruleOrder-hitpolicy": (
        "Approval", "RULE ORDER", "", PERSON, _TWO_FREE, _STEPS,
        (
            (_p(19, "Medium"), [_two("Approved", "Best"), _two("Approved", "Standard")]),
            (_p(13, "Medium"), [_two("Approved", "Standard")]),
            (_p(10, "Low"), [_two("Declined", "Standard")]),
        ),
    ),
    "0110-outputOrder-hitpolicy": (
        "Approval Status", "OUTPUT ORDER", "", PERSON, _RATED, _BASIC,
        (
            (_p(17, "High"), [_rated("Approved", "Standard"), _rated("Declined", "Standard")]),
            (_p(19, "Low"), [_rated("Approved", "Basic")]),
            (_p(10, "Low"), [_rated("Declined", "Standard")]),
        ),
    ),
    "0111-first-hitpolicy-singleoutputcol": (
        "Advertisement", "FIRST", "", (("age", "number", ""),), (_ONE,),
        ((">18", '"Cars"'), (">12", '"Videogames"'), (">0", '"Toys"')),
        (({"age": 19}, "Cars"), ({"age": 13}, "Videogames"), ({"age": 5}, "Toys")),
    ),
    "0112-ruleOrder-hitpolicy-singleinoutcol": (
        "Approval", "RULE ORDER", "", _AGE, (_ONE,),
        ((">=18", '"Best"'), (">=12", '"Standard"'), ("<12", '"Standard"')),
        (({"Age": 19}, ["Best", "Standard"]), ({"Age": 13}, ["Standard"]), ({"Age": 10}, ["Standard"])),
    ),
    "0113-outputOrder-hitpolicy-singleinoutcol": (
        "Approval Status", "OUTPUT ORDER", "", _AGE, (("", '"Approved","Declined"', ""),),
        ((">=18", _YES), ("<18", _NO), (">=0", _YES)),
        (
            ({"Age": 17}, ["Approved", "Declined"]),
            ({"Age": 19}, ["Approved", "Approved"]),
            ({"Age": 10}, ["Approved", "Declined"]),
        ),
    ),
    "0114-min-collect-hitpolicy": (
        "CarInsurance", "COLLECT", "MIN", _YEARS, (_ONE,),
        ((">1", "98.83"), (">2", "150.21"), (">3", "205.43"), (">4", "64.32")),
        (({"NumOfYears": 5}, "64.32"), ({"NumOfYears": 3}, "98.83"), ({"NumOfYears": 4}, "98.83")),
    ),
    "0115-sum-collect-hitpolicy": (
        "Salary", "COLLECT", "SUM", _YEARS, (_ONE,), _PAY,
        (({"NumOfYears": 6}, "1100"), ({"NumOfYears": 3}, "300"), ({"NumOfYears": 2}, "100")),
    ),
    "0116-count-collect-hitpolicy": (
        "Salary", "COLLECT", "COUNT", _YEARS, (_ONE,), _PAY,
        (({"NumOfYears": 6}, "4"), ({"NumOfYears": 2}, "1"), ({"NumOfYears": 3}, "2")),
    ),
    "0117-multi-any-hitpolicy": (
        "Approval", "ANY", "", PERSON, _TWO, (*_RATES, (">=19", '"Low"', "true", _YES, '"Best"')),
        (
            (_p(19, "Low"), _two("Approved", "Best")),
            (_p(17, "High"), _two("Declined", "Standard")),
            (_p(19, "Medium"), _two("Approved", "Standard")),
        ),
    ),
    "0118-multi-priority-hitpolicy": (
        "Approval Status", "PRIORITY", "", PERSON, _RATED, _BASIC,
        (
            (_p(17, "High"), _rated("Approved", "Standard")),
            (_p(19, "Low"), _rated("Approved", "Basic")),
            (_p(10, "Low"), _rated("Declined", "Standard")),
        ),
    ),
    "0119-multi-collect-hitpolicy": (
        "Approval Status", "COLLECT", "", PERSON, _RATED, _BASIC,
        (
            (_p(17, "High"), [_rated("Declined", "Standard"), _rated("Approved", "Standard")]),
            (_p(19, "Low"), [_rated("Approved", "Basic")]),
            (_p(10, "Low"), [_rated("Declined", "Standard")]),
        ),
    ),
}  # fmt: skip
RESULTS = [(test, number) for test, table in TABLES.items() for number in range(len(table[-1]))]
