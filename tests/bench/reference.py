"""The reference: a bare Flask page and a bare SQLAlchemy insert, served as the product is served."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, request

metadata = sa.MetaData()
rows = sa.Table(
    "rows", metadata, sa.Column("id", sa.Integer, primary_key=True), *(sa.Column(f"f{n}", sa.Text) for n in range(15))
)


def create_app() -> Flask:
    """`/page` answers a small page of fifteen fields, `/insert` writes one row of them."""
    engine = sa.create_engine(f"sqlite:///{os.environ['REFERENCE_DB']}", connect_args={"timeout": 30})
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        metadata.create_all(connection)
    app = Flask(__name__)

    @app.get("/page")
    def page() -> str:
        inputs = "".join(f"<p><label>字段 {n}<input name=f{n}></label></p>" for n in range(15))
        return f"<!doctype html><html lang=zh><title>参照</title><form>{inputs}</form></html>"

    @app.post("/insert")
    def insert() -> str:
        with engine.begin() as connection:
            connection.execute(rows.insert(), {f"f{n}": request.form.get(f"f{n}", "") for n in range(15)})
        return "ok"

    return app


app = create_app() if os.environ.get("REFERENCE_DB") else Flask(__name__)
