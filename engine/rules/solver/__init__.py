"""Rules of a matter in an SMT solver (z3): proofs, and applications that make rules true or false.

    model = Model(matter, scope_of(matter, reference), day, calendar=reference.calendar)  # day: 今天 and parameters
    truth = model.truth(rule)                                    # .is_true, .is_false: z3 formulas; neither = unknown
    found = model.witness(truth.is_true, near=example)           # .status sat | unsat | unknown, .example, .reason
    model.check(truth.is_true, z3.Not(other.is_false))           # "sat" | "unsat" | "unknown" (then model.reason)

`Example` holds an application in ids and stored values, in the shape of a test: answers, facts (a record, rows,
Missing.EMPTY or "unavailable"), applicant, original, materials. `near` is such an application that passes; the found
one differs from it as little as the solver sees quickly.

The meaning is the evaluator's three values. Every path is a value, empty, not applicable (tied to its visibility
condition) or unavailable (facts only); what the form refuses (bounds, required answers) is assumed away. Exact:
decimals, choices, comparisons, calendar functions of one free date. Left open, so that a proof still holds: what a
text contains or matches (one predicate, the same for the same texts), products of two unknowns, calendar functions of
two free dates. Bounded: lists have at most `ROWS` rows, numbers fifteen digits, dates lie from 1900 to 2999. A claim
that no application exists is a proof within those bounds; an example must be judged again by the engine before it is
told as a fact.

z3 is loaded by importing this package: import it inside functions, never where a web process starts.
"""

from engine.rules.solver.example import Example
from engine.rules.solver.free import ROWS
from engine.rules.solver.model import Found, Model, Truth, marks

__all__ = ["ROWS", "Example", "Found", "Model", "Truth", "marks"]
