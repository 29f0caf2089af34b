"""The list of a batch of rows: its columns and materials, derived from the matter each row is filed as."""

from __future__ import annotations

from engine.model.form import Field, MaterialNeed
from engine.model.matter import Matter
from engine.model.values import Answers

MOST_ROWS = 2000
CELLS = (
    "文本", "长文本", "地址", "数", "整数", "金额", "日期", "单选", "多选", "是否", "电话", "身份证号",
    "统一社会信用代码",
)  # fmt: skip


def columns_of(parent: Matter, child: Matter) -> tuple[Field, ...]:
    """The columns: what the child's form asks and the parent's does not, but for what a source fills in and locks."""
    shared = {field.id for field in parent.fields()}
    return tuple(
        field for field in child.fields() if field.id not in shared and not (field.locked and field.prefill)
    )


def key_of(parent: Matter, child: Matter) -> str:
    """The id of the column that tells rows apart: the first of the child's `unique` that is a column, or ""."""
    columns = {field.id for field in columns_of(parent, child)}
    return next((path for path in child.unique if path in columns), "")


def own_materials(parent: Matter, child: Matter) -> tuple[MaterialNeed, ...]:
    """The child's materials that each row has of its own: those that the parent does not collect once for all."""
    shared = {need.id for need in parent.materials}
    return tuple(need for need in child.materials if need.id not in shared)


def shared_answers(parent: Matter, child: Matter, answers: Answers) -> Answers:
    """What was filled in once for all rows."""
    asked = {field.id for field in parent.fields()} & {field.id for field in child.fields()}
    return {key: value for key, value in answers.items() if key in asked}


def head_of(field: Field) -> str:
    """The head of a column: its title and unit."""
    return f"{field.title}（{field.unit}）" if field.unit else field.title
